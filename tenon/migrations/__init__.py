"""Versions of Tenon's own tables."""
