"""Runs a release's `verify`, the service's own smoke test (docs/verify.md)."""
