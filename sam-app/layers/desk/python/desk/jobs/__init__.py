"""Scheduled events in, runs of jobs out."""
