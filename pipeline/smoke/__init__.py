"""The smoke test of a deployed environment: a client's journey, over HTTP, leaving no trace."""
