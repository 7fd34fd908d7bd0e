"""The browser panel: search, sort, select and show versions."""
