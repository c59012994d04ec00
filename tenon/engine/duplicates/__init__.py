"""Records that may be the same: what is kept of pairs, how they are found, who sees them, and what is decided about them."""
