"""The promotion: a list of small steps, each safe to repeat (steps.py names them in order)."""
