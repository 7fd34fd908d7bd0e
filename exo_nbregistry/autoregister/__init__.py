"""Automatic registration of fits."""
