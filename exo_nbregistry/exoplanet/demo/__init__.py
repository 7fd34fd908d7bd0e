"""The demo: train, register, compare and report on the embedded Kepler table."""
