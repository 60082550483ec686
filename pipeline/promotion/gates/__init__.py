"""What must be right before anything is changed: a module for each gate, `gates.py` for all."""
