"""Pictures of the view of a registry, for the documentation and for a look at each state."""
