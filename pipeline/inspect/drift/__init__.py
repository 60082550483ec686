"""Drift: where an environment is no longer what its last verified promotion left behind."""
