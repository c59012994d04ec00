"""One module a group of pages; each holds a router."""
