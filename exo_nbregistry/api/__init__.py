"""Routes, requests, replies and JSON views for panels/ and lab/."""
