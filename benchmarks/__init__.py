"""Measurements of the registry against the minimum cost of the same work."""
