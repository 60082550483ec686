"""What every run of steps shares: the console, and the runner of one step."""
