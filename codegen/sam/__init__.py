"""The SAM side: its template, its two files, and what makes a function publish a version."""
