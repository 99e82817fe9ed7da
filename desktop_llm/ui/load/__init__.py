"""Loading a model: the dialog that prices it as it is set, its progress, what does not fit."""
