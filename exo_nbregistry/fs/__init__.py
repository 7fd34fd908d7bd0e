"""Atomic and durable files and folders: the only code that flushes, links and replaces them."""
