"""Who may do and see what: the one place that answers it, for every use of a path, row or action."""
