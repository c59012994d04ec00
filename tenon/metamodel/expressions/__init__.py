"""The expression language: syntax, names, types, functions, and what an expression depends on."""
