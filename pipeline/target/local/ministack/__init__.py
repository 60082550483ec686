"""MiniStack, pinned and patched, run by its own interpreter; `pinned` is for both."""
