"""Flag, inspect, record and export candidates for follow-up."""
