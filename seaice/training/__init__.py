"""Training: configuration, losses, the Lightning module, one run."""
