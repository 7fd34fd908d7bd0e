"""Verification of a registry and removal of unused files."""
