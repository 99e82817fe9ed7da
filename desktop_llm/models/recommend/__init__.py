"""Which model of the catalogue for a purpose and a machine, and why."""
