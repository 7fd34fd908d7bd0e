"""Bytes under keys, in a folder or in memory; independent of models."""
