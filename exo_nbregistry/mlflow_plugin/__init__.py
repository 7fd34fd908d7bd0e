"""The registry behind MLflow's client."""

# MLflow loads the entry points of this package when it is imported. If a module of this package
# imported MLflow first, its class would not exist yet at that time.
import mlflow  # noqa: F401
