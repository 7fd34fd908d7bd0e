"""Verify every file of a registry, and collect garbage."""
