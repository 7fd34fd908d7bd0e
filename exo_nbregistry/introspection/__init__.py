"""Read facts off an estimator, its data and the notebook that made it."""
