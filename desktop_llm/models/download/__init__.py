"""Models fetched: resumed after anything, and proven byte by byte."""
