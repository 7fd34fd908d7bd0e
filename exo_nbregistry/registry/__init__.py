"""ModelRegistry and the calls behind it."""
