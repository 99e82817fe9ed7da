"""Models: found, fetched, read, checked, fitted, loaded, lent by name."""
