"""The use cases, over the ports: no AWS here."""
