"""Readers of model stores of other tools."""
