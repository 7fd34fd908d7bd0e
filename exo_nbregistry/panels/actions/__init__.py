"""Actions on versions: preview, confirmation, undo."""
