"""Models carried across an air gap, signed."""
