"""The rules: tickets, their events, what is counted, when something is due. No I/O, no clock."""
