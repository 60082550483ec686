"""The hand-off: Terraform's state outputs and env.yaml become SAM's configuration."""
