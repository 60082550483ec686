output "permissions_boundary_arn" {
  description = "The policy that bounds every role of this environment but those made here."
  value       = local.boundary_arn
  depends_on  = [aws_iam_policy.boundary] # whoever reads it makes roles with it
}

output "release_reader_role_arn" {
  description = "The role with which the next environment reads releases; empty where there is none."
  value       = try(aws_iam_role.release_reader[0].arn, "")
}

output "plan_role_arn" {
  description = "The role of GitHub's jobs that plan; empty where no repository is named."
  value       = try(aws_iam_role.plan[0].arn, "")
}

output "deploy_role_arn" {
  description = "The role of GitHub's jobs that deploy; empty where no repository is named."
  value       = try(aws_iam_role.deploy[0].arn, "")
}
