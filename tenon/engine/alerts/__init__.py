"""Alerts as people work with them: one that is open for a cause, who gets it next, what they do about it, and what became of it."""
