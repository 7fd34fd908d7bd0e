"""References, keys, JSON, digests and metric directions."""
