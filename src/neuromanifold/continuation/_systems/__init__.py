"""Systems of equations: reading, expanding and scaling them."""
