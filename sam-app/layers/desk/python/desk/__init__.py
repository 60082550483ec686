"""The desk: all of the service but its three entry points.

`domain` (pure rules) ← `ports` (what the rules need of the world) ← `service` (the use cases),
`store` (DynamoDB), `adapters` (everything else) and `runtime` (settings, clients, observability)
← `api`, `processing` and `jobs`, one for each function, which puts them together.
"""
