"""Routes, requests, answers and JSON views, shared by panels and lab."""
