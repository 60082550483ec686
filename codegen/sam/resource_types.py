"""The resource types that SAM and CloudFormation take, as the installed cfn-lint lists them."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

# cfn-lint takes two seconds to import, but its lists are files, one for each region. This region
# has every service.
_LISTS = ("data/schemas/providers/sam.json", "data/schemas/providers/us-east-1.json")


@cache
def known_types() -> frozenset[str]:
    """All types, as AWS::Lambda::Function; none where no cfn-lint is installed."""
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        return frozenset()
    files = [Path(spec.origin).parent / name for name in _LISTS]
    return frozenset(
        name for file in files if file.is_file() for name in json.loads(file.read_text("utf-8"))
    )
