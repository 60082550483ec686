"""Who may change an environment: a lock for this machine, a lease in its bucket for all others."""
