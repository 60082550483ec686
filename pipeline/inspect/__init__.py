"""Reads environments and changes nothing: status, diff, drift, doctor."""
