"""Pictures of the view of a registry, for the documentation and for a review of each state."""
