"""What a developer's commands do: set-up, checks, packaging.

Only the standard library is used, for this runs before anything is installed.
"""
