"""All parameters of a function."""
