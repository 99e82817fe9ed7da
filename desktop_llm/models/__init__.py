"""Model files: found, read, checked, loaded."""
