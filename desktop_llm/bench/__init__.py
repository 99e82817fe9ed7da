"""How fast a model really is here: a plan, its runs on the real engine, what was kept of them, and how they compare."""
