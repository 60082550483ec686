"""Redrive: what stream processor and scheduled function could not take, handed to them again."""
