"""The facts of a version and their JSON."""
