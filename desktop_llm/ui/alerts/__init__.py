"""What needs attention: told to the desktop, listed, limited and quieted."""
