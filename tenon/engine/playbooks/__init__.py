"""Playbooks: tasks that begin together for an alert or a record, in their order, and how far they are."""
