"""Functions and a server for agents, which only read."""
