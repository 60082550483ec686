"""The end of an environment: what it holds, what forbids it, and the steps."""
