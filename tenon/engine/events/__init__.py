"""Usage as other products tell it: read in several shapes, given to customers and contacts, stored or kept waiting."""
