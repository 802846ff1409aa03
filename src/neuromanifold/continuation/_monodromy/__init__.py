"""Solving a family by loops in its parameters, and knowing when that is done."""
