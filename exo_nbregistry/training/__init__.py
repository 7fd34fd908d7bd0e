"""Train, tune and retrain any classifier, and register the results."""
