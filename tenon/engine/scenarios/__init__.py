"""Scenarios: stories lived through in a world of their own, and whether what was expected came out."""
