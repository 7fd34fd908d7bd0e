"""Write, read and fold the versions and events of one model."""
