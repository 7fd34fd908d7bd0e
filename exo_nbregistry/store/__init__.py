"""Places that keep bytes under keys; they know nothing of models."""
