"""Facts of an estimator, its data and its notebook."""
