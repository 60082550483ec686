"""The API's description from its code: openapi.json for people, gateway.yaml for API Gateway."""
