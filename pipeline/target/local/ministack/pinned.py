"""Which MiniStack the patches are written for, and which generation of patches this is."""

MINISTACK = "1.5.33"

# Raise it with every change in `gaps/` that cannot go on with what was stored without it: state
# written under another level is left aside.
PATCH_LEVEL = 2

ENGINE = f"{MINISTACK}-{PATCH_LEVEL}"
