"""The desk's shared package: what the three functions have in common.

`domain` (pure rules) ← `ports` (what the rules need of the world) ← `service` (the use cases),
`store` (DynamoDB) and `runtime` (settings, clients, observability) ← the functions.
"""
