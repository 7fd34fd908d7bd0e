"""Records as users see them."""
