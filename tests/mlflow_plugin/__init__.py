"""The registry behind MLflow's client."""
