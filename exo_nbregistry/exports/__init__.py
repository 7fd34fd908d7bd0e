"""Folders for other tools."""
