"""Models of the hub: search, a repository, downloads."""
