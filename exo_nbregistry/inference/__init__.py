"""Calls of a model on rows, in the container that it was trained on."""
