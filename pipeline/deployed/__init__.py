"""What is deployed in an environment, as CloudFormation and Lambda tell of it; read only."""
