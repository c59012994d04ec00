"""Measuring Tenon beside hand-written code on the same rows, in the same run, on the same machine; ratios, never absolute times."""
