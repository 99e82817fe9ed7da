"""The catalogue of models that ships with the app."""
