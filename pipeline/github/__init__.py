"""What the workflows in .github/ tell people: one comment, one issue an environment, summaries.

Each module is a command that runs locally too: `python -m pipeline.github.<module> --help`. The
commands that do the work are Baton's own; these only carry what those printed to GitHub.
"""
