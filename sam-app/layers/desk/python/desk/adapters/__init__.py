"""The ports on other things than DynamoDB: SNS, EventBridge, S3, Secrets Manager, HTTP."""
