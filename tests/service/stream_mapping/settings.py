"""A mapping's settings, as the template has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from codegen.sam.template import load_template

TEMPLATE = Path(__file__).resolve().parents[3] / "sam-app/template.yaml"


@dataclass(frozen=True)
class Settings:
    """A mapping's settings.

    Parameters
    ----------
    batch_size:
        How many records an invocation gets at most.
    retries:
        How often a batch is tried again.
    max_age:
        How old a record may be when the function gets it.
    bisect:
        Whether a batch that failed as a whole is halved.
    partial:
        Whether the function may report where it stopped.
    patterns:
        A record must match one of them.
    """

    batch_size: int
    retries: int
    max_age: timedelta
    bisect: bool
    partial: bool
    patterns: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Settings:
        """Read an event source's properties, by SAM's names, which are CloudFormation's too."""
        assert properties["DestinationConfig"]["OnFailure"]["Destination"]
        return cls(
            batch_size=properties["BatchSize"],
            retries=properties["MaximumRetryAttempts"],
            max_age=timedelta(seconds=properties["MaximumRecordAgeInSeconds"]),
            bisect=properties["BisectBatchOnFunctionError"],
            partial="ReportBatchItemFailures" in properties["FunctionResponseTypes"],
            patterns=tuple(
                json.loads(each["Pattern"]) for each in properties["FilterCriteria"]["Filters"]
            ),
        )

    @classmethod
    def of_template(cls) -> Settings:
        """Those of the processor."""
        function = load_template(TEMPLATE).functions["ProcessorFunction"]
        return cls.of(function.properties["Events"]["DomainEvents"]["Properties"])
