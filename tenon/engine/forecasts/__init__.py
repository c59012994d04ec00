"""How numbers foresee: ranking and calibration of a score, logistic regression, lifetime value. Plain Python, no database."""
