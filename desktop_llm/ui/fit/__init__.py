"""How a plan of memory and a predicted speed look and read."""
