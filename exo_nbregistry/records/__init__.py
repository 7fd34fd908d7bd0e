"""The metadata of a version and its JSON."""
