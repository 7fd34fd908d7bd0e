"""Scores of large tables: pieces of files, results that are written once, engines."""
