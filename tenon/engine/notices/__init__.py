"""Notices that follow from writes: who was named in a comment."""
