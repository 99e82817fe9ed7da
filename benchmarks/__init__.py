"""What is measured: each module prints a table and JSON, and compares within one run."""
