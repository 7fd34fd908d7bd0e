"""The panel that searches, sorts, selects and shows versions."""
