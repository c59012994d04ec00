"""Conditions as people build them: groups of and/or over field, operator, value; read from expressions and written back."""
