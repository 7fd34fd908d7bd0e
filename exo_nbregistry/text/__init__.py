"""Escaped HTML, aligned text, hints for operating system errors."""
