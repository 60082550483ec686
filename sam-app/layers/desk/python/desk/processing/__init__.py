"""The stream: each new event through its stages, in order."""
