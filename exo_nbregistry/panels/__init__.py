"""Live panels for the notebook, each with a static form that does not need a kernel."""
