"""Witness sets of positive-dimensional varieties."""
