"""Plots of registered versions: Matplotlib figures, and the same values as text."""
