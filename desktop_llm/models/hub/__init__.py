"""The model hub, through the one gate to the outside."""
