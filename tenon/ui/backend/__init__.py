"""What the pages ask for, one module of functions for each: over a `View` of one transaction, or over the platform where it takes several."""
