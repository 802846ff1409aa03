"""Following paths, and judging where they end."""
