"""MiniStack, pinned and patched, run by its own interpreter; we import only `pinned` of it."""
