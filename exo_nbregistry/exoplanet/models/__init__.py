"""The Kepler classifiers."""
