"""Dashboards and widgets: what a document of these kinds answers to one reader."""
