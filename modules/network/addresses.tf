# Pure arithmetic: what follows from the variables, and no resources.
locals {
  # A sixteenth of the range each: the first eight are for public subnets, the last eight for
  # private ones, so adding a zone moves no subnet that exists.
  public_cidrs  = { for place, zone in var.zones : zone => cidrsubnet(var.cidr, 4, place) }
  private_cidrs = { for place, zone in var.zones : zone => cidrsubnet(var.cidr, 4, place + 8) }

  nat_zones = {
    none   = toset([])
    single = toset([var.zones[0]])
    per_az = toset(var.zones)
  }[var.nat]

  # zone of a private route table => zone of the NAT gateway its default route leads to
  nat_of_table = var.nat == "none" ? {} : {
    for zone in var.zones : zone => var.nat == "per_az" ? zone : var.zones[0]
  }
}
