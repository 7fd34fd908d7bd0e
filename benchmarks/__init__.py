"""Measurements of the registry against the least that the same work can cost."""
