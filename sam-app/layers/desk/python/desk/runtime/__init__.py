"""Where the code runs: its settings, its clients, its logs, metrics and traces."""
