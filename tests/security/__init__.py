"""Hostile input: files, records and models that another user wrote."""
