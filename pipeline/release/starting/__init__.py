"""Whether each Python function of a release can start: its handler is imported as Lambda does."""
