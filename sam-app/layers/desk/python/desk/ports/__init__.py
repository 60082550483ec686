"""What the use cases need of the world, one Protocol for each subject.

`desk.store` provides it on DynamoDB, `desk.adapters` on SNS, EventBridge, S3 and HTTP.
"""
