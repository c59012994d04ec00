"""Scores: one stored value for each record, computed as a set in SQL, with its history, its bands and its explanation."""
