variable "name_prefix" {
  description = "What every name begins with: <project>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,32}$", var.name_prefix))
    error_message = "name_prefix must be 2 to 33 of a-z, 0-9 and -, beginning with a letter."
  }
}

variable "account_id" {
  description = "The account whose principals and resources the endpoints let through."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "region" {
  description = "The AWS region, which names the endpoints' services."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region such as us-east-1."
  }
}

variable "cidr" {
  description = "The VPC's address range; each subnet gets a sixteenth of it."
  type        = string

  validation {
    condition = (
      can(cidrnetmask(var.cidr)) &&
      try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20, false)
    )
    error_message = "cidr must be an IPv4 range from /16 to /20, such as 10.10.0.0/16."
  }

  validation {
    condition     = try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr must name the first address of its range: 10.10.0.0/16, not 10.10.1.0/16."
  }
}

variable "zones" {
  description = "The availability zones, each with one public and one private subnet. Add at the end only: a zone's place decides its addresses."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "zones must name 2 to 4 availability zones."
  }

  validation {
    condition     = length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must not name a zone twice."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "zones must be zones of the region, such as us-east-1a in us-east-1."
  }
}

variable "nat" {
  description = "How private subnets reach the internet: none, single (one NAT gateway, in the first zone), per_az (one in each zone)."
  type        = string

  validation {
    condition     = contains(["none", "single", "per_az"], var.nat)
    error_message = "nat must be none, single or per_az."
  }
}

variable "interface_endpoints" {
  description = "The AWS services that functions reach inside the VPC, by short name, such as sns. Each has a network interface in every zone, and costs by the hour and by volume."
  type        = list(string)
  nullable    = false

  validation {
    condition = alltrue([
      for service in var.interface_endpoints : contains(
        ["events", "kms", "lambda", "logs", "monitoring", "secretsmanager", "sns", "sqs", "xray"],
        service,
      )
    ])
    error_message = "interface_endpoints must be of events, kms, lambda, logs, monitoring, secretsmanager, sns, sqs and xray; S3 and DynamoDB have gateway endpoints already."
  }

  validation {
    condition     = length(distinct(var.interface_endpoints)) == length(var.interface_endpoints)
    error_message = "interface_endpoints must not name a service twice."
  }
}
