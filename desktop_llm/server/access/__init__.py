"""Who gets in: names, keys, TLS, the guard at the door."""
