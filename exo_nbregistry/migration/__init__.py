"""Moving in from the model stores of other tools."""
