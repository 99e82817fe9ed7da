"""How sure the model was: a heat map over a reply, and a drawer that tells of one token."""
