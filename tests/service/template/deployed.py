"""What CloudFormation would deploy: the template with an environment's own parameters, resolved.

Much of it no emulator acts on, so that it can be seen nowhere else before AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from codegen.handoff import prepare
from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import SamTemplate, load_template
from codegen.settings.environment import Environment
from pipeline.release.expansion import expand_template
from tests.codegen.builders import CHECKOUT, environment, output_values, release, state_outputs

TEMPLATE = CHECKOUT / "sam-app/template.yaml"
ENVIRONMENTS = ("dev", "staging", "prod")
PARTS = ("Api", "Processor", "Scheduled")


@dataclass(frozen=True)
class Deployed:
    """A stack as it would be.

    Attributes
    ----------
    environment:
        The settings it was rendered from.
    parameters:
        Every template parameter → what the hand-off renders.
    template:
        The template to expand.
    """

    environment: Environment
    parameters: Mapping[str, str]
    template: Path = TEMPLATE

    @cached_property
    def expanded(self) -> dict[str, Any]:
        """The template after SAM's transform, references and conditions still in it."""
        return expand_template(self.template, self.parameters, self.environment.region)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Logical id → resource: those whose condition holds, every parameter its value."""
        return self._chosen("Resources")

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """Output → value, of those whose condition holds."""
        return {name: each["Value"] for name, each in self._chosen("Outputs").items()}

    @property
    def allowed(self) -> bool:
        """Whether every assertion of the template's Rules holds."""
        return all(
            self._evaluator.resolve(assertion["Assert"])
            for rule in self.expanded["Rules"].values()
            for assertion in rule["Assertions"]
        )

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id → properties of the resources of a type."""
        return {n: each["Properties"] for n, each in self.resources.items() if each["Type"] == kind}

    def properties(self, logical_id: str) -> dict[str, Any]:
        """The properties of a resource."""
        found: dict[str, Any] = self.resources[logical_id]["Properties"]
        return found

    @cached_property
    def _evaluator(self) -> Evaluator:
        # the hand-off's own, without resources: a reference to one stays {"Ref": <logical id>}
        conditions = self.expanded.get("Conditions", {})
        bare = SamTemplate("expanded", {}, {}, conditions, {}, {})
        kinds = load_template(self.template).parameters
        values = {
            name: value.split(",") if kinds[name].type.startswith("List<") else value
            for name, value in self.parameters.items()
        }
        pseudo = {
            "AWS::AccountId": self.environment.account_id,
            "AWS::Region": self.environment.region,
            "AWS::Partition": "aws",
        }
        return Evaluator(bare, {**values, **pseudo})

    def _chosen(self, section: str) -> dict[str, Any]:
        return {
            name: self._evaluator.resolve(each)
            for name, each in self.expanded[section].items()
            if self._evaluator.resolve(
                {"Condition": each["Condition"]} if "Condition" in each else True
            )
        }


def deployed(name: str = "dev", target: str = "aws", **sections: Mapping[str, Any]) -> Deployed:
    """The stack of an environment of the project.

    Parameters
    ----------
    name:
        The environment.
    target:
        The target that the release is built for.
    sections:
        Settings in which it shall differ from what it is: `api={"auth": "iam"}`.
    """
    return _deployed(name, target, json.dumps(sections))


@cache  # half a second each; nobody changes one
def _deployed(name: str, target: str, sections: str) -> Deployed:
    own = environment(name).model_dump()
    changed = {section: own[section] | values for section, values in json.loads(sections).items()}
    settings = Environment.model_validate(own | changed)
    outputs = state_outputs(output_values(settings))
    rendering = prepare(CHECKOUT, settings, outputs, release(TEMPLATE, target=target))
    return Deployed(settings, rendering.parameters)
