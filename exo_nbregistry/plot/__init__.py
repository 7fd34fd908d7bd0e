"""Pictures of what the registry knows: data in, a matplotlib figure with its text twin out."""
