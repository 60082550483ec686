"""What the smoke test needs of a SAM template: `baton check` refuses a template without it."""

from __future__ import annotations

from codegen.contract.verification import Needs

TABLE = "TableName"  # the parameter that names the table
NEEDS = Needs(
    by="the smoke test (pipeline/smoke/journey.py)",
    parameters=(TABLE,),
    outputs=("ApiId", "ApiStage", "ScheduledAliasArn", "SweepRuleArn"),
)
