"""The page of models: recommended ones, those on this computer, importing."""
