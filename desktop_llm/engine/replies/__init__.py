"""A reply split as it comes: what was said, what was thought, and which tools are called."""
