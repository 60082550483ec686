"""What an environment's promotions have left: records, in a chain that shows a change."""
