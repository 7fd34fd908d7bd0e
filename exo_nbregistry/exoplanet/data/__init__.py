"""The Kepler table: load it, check its columns, split it by star."""
