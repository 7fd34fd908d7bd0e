"""Models to bytes and back; nothing here knows where a registry keeps them."""
