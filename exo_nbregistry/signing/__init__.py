"""Keys, signatures and trusted signers."""
