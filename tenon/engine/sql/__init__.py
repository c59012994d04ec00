"""Checked expressions as SQLAlchemy Core for SQLite and PostgreSQL, agreeing exactly with the evaluator."""
