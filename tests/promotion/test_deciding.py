"""What a release says of its outputs and parameters: what decides them."""

from __future__ import annotations

from pathlib import Path

from codegen.jinja.templates import load_source
from codegen.sides import PARAMETERS, TEMPLATES
from pipeline.inspect.diff.deciding import deciding
from pipeline.inspect.diff.sides import reads

ROOT = Path(__file__).resolve().parents[2]

READS = reads(load_source(ROOT / TEMPLATES / PARAMETERS, PARAMETERS))
DECIDES = deciding(ROOT)


def test_every_parameter_is_known_to_be_made_of_something() -> None:
    assert READS["ApiKeyRequired"] == {"environment.api.auth"}
    assert READS["CanaryEnabled"] == {"release.target", "environment.functions.canary"}
    assert READS["TableName"] == {"outputs.data.table_name"}
    assert all(READS.values())


def test_settings_decide_an_output_through_count_for_each_and_locals(tmp_path: Path) -> None:
    # Given a unit whose outputs depend on settings in each way there is
    (tmp_path / "units").mkdir()
    (tmp_path / "modules" / "shop").mkdir(parents=True)
    (tmp_path / "units" / "shop.hcl").write_text(UNIT)
    (tmp_path / "modules" / "shop" / "main.tf").write_text(MAIN)
    (tmp_path / "modules" / "shop" / "outputs.tf").write_text(OUTPUTS)

    assert deciding(tmp_path) == {
        "shop.direct": {"a.direct"},
        "shop.by_count": {"a.count"},
        "shop.by_local": {"a.zones", "a.more"},
        "shop.by_module": {"a.count"},
        "shop.by_place": {"promoted_from"},
        "shop.by_name": frozenset(),
    }


UNIT = """
locals {
  settings = read_terragrunt_config("terragrunt.hcl").locals.settings
  next     = [for each in local.all : each if try(each.promoted_from, "") == local.own]
}

inputs = {
  direct = local.settings.a.direct # local.settings.a.comment
  many   = local.settings.a.count == "x"
  zones = [
    for zone in local.settings.a.zones : zone if local.settings.a.more
  ]
  size = local.settings.a.size
  next = length(local.next)
}
"""
MAIN = """
locals {
  places = { for zone in var.zones : zone => 1 }
}

resource "aws_x_y" "counted" {
  count = var.many ? 1 : 0
  size  = var.size
}

resource "aws_x_y" "each" {
  for_each = local.places
}

resource "aws_x_y" "named" {
  name = "x"
  size = var.size
}

module "inner" {
  count  = var.many ? 1 : 0
  source = "../inner"
}
"""
OUTPUTS = """
output "direct" { value = var.direct ? "yes" : "" }
output "by_count" { value = one(aws_x_y.counted[*].arn) }
output "by_local" { value = [for each in aws_x_y.each : each.id] }
output "by_module" { value = one(module.inner[*].arn) }
output "by_place" { value = var.next }
output "by_name" { value = aws_x_y.named.arn }
"""
