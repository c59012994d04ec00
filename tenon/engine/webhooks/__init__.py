"""Webhooks: what happens to records is told to other systems, and what they tell wakes rules; signed after Standard Webhooks 1.0."""
