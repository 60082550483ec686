"""Which MiniStack the patches are written for, and which generation of patches this is."""

MINISTACK = "1.5.33"

# Raise it with every change in `gaps/` that alters what is stored: state written under another
# level is left aside, because a patch cannot mend what was stored without it.
PATCH_LEVEL = 1

ENGINE = f"{MINISTACK}-{PATCH_LEVEL}"
