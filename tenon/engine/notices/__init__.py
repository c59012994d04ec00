"""Notices that follow from writes: who was named in a comment, and who follows a record."""
