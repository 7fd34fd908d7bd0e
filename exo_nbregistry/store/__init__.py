"""Bytes under keys, in a folder, in memory or in a bucket; independent of models."""
