"""The hand-off contract: everything that outputs, templates and parameters must be to each other.

Pure: every check gets what it compares and gives back all problems it finds, so that they can be
reported together.
"""
