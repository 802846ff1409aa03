"""Proofs of solutions, and rechecking them."""
