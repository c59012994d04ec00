"""Keeping computed values fresh: what a change touches, and recomputing it as a set."""
