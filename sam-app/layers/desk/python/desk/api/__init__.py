"""The API: requests in, tickets and problem documents out."""
