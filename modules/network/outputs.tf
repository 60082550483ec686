output "vpc_id" {
  description = "The VPC's id."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "The private subnets' ids, in the order of the zones: where functions run."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "lambda_security_group_id" {
  description = "The security group of the functions."
  value       = aws_security_group.lambda.id
}
