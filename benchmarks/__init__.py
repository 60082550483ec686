"""How long the main commands take, each beside the bare tools doing the same in the same run."""
