"""Several models at once, lent by name: loaded when they are asked for, unloaded when nobody uses them."""
