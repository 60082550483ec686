"""The steps of a promotion: a file each, with its dry run beside it; promote.py has the order."""
