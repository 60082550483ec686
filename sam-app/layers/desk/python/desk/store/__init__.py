"""The desk on one DynamoDB table. Each kind of item has a file that owns its keys and mapping."""
