"""Hostile input: files, records and models that somebody else wrote."""
