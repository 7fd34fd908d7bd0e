"""Live panels for the notebook, each with a static view that does not need a kernel."""
