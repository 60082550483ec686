"""The command's sub-commands: each parses, calls and prints, and decides nothing."""
