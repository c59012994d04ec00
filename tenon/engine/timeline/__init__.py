"""The timeline of a record: changes, scores and what refers to it, as one stream, newest first."""
