"""How fast a model will be here, predicted before it is loaded."""
