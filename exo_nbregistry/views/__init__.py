"""What a person sees of records: listing, comparison, history, card."""
