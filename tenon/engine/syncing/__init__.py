"""Records kept the same here and in another system: what is linked to what, what comes, what goes, and how each run went."""
