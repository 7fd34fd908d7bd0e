"""Models as bytes and model files; independent of a registry."""
