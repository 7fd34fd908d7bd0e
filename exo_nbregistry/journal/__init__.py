"""Versions and events of each model: write them, read them and compute the current state."""
