"""What a value must be: CloudFormation's types and constraints, and this environment's own."""
