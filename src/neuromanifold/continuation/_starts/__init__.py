"""Start systems and where their paths begin."""
