"""Models carried to and from a computer without a network."""
