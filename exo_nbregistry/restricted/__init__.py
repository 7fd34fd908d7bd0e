"""Loading of models of unknown signers: no code of the author runs."""
