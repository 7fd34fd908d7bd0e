"""The derived index of all versions, and the filter language."""
