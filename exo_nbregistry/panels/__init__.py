"""Live panels for the notebook, each with a twin that reads without a kernel."""
