"""Whether an output's value is this environment's own: by the ARNs and queue URLs in it.

An identifier says its account and region only there: EC2's ids and plain names do not, so of them
nothing can be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codegen.settings.environment import Environment
from codegen.settings.kinds import PARTITION
from codegen.shown import shorten, shown

# What `mock_outputs` in units/ carry, so that no plan's stand-in is ever deployed.
# The zeros are an account only where an account stands: not at the end of an empty UUID.
MOCK_MARKER = re.compile(r"""(?<![^:/"])0{12}(?![^:/"])|mock0000""")

# Text, JSON, a list: an ARN or URL can stand anywhere, and one in another (API Gateway's
# integrations). So a match goes no further than the account, and the rest is only looked at. A
# region that is empty or a pattern (`*`, `${AWS::Region}`) is no other region, and an account that
# is no number is AWS's own (`arn:aws:iam::aws:policy/…`) or a service's.
_END = r"""(?=(?P<rest>[^\s"'<>,;|\\)\]}]{0,2048}))"""
_ARN = re.compile(
    r"(?<![A-Za-z0-9])arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+)"
    r":(?P<region>[^:\s\"',]*):(?P<account>[^:\s\"',]*):" + _END
)
_QUEUE = re.compile(
    r"https?://(?:sqs(?:-fips)?\.(?P<region>[a-z0-9-]+)|(?P<legacy>[a-z0-9-]+)\.queue)"
    r"\.(?:amazonaws\.com(?P<china>\.cn)?|api\.aws)/(?P<account>\d+)/" + _END
)
# Accounts from which AWS publishes layers in most regions: Powertools, Lambda Insights, the
# distribution of OpenTelemetry, the SDK for pandas. Those of other layers differ from region to
# region, so they are a setting (external_account_ids).
AWS_LAYER_ACCOUNTS = frozenset({"017000801446", "580247275435", "901920570463", "336392948345"})
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")


def mock_problems(value: object) -> Iterator[str]:
    """Say where an output's value carries a mock's marker, anywhere in a text of it."""
    for text in dict.fromkeys(_texts(value)):
        if marker := MOCK_MARKER.search(text):
            yield f"is {shown(text)}, which carries {marker[0]}, the mark of a mocked value"


def origin_problems(value: object, environment: Environment) -> Iterator[str]:
    """Say where an output's value is not from this environment, each ARN or URL once.

    Parameters
    ----------
    value:
        Of any type; lists and maps, keys included, are looked through.
    environment:
        Says which account and region are expected, and which further accounts (of those, any
        region is taken, but for layers). A layer may be one that AWS publishes. What must be in
        us-east-1 wherever it is used, a certificate for CloudFront and a web ACL of scope
        CLOUDFRONT, may be there.
    """
    problems = (problem for text in _texts(value) for problem in _foreign(text, environment))
    yield from dict.fromkeys(problems)


def _foreign(text: str, environment: Environment) -> Iterator[str]:
    for match in (*_ARN.finditer(text), *_QUEUE.finditer(text)):
        found = match[0] + match["rest"]
        if MOCK_MARKER.search(found):  # `mock_problems` says so, and says it better
            continue
        whole = "is" if found == text else "contains"
        for fact, is_, meant in _differences(match, environment):
            yield (
                f"{whole} {shorten(found)!r}: its {fact} is {is_}, and that of "
                f"{environment.name} is {meant}"
            )


def _differences(match: re.Match[str], environment: Environment) -> Iterator[tuple[str, str, str]]:
    part = match.groupdict()
    partition = part.get("partition") or (PARTITION + "-cn" if part.get("china") else PARTITION)
    if partition != PARTITION:
        yield "partition", partition, PARTITION
    region = part["region"] or part.get("legacy") or ""
    is_layer = part.get("service") == "lambda" and part["rest"].startswith("layer:")
    is_external = part["account"] in environment.external_account_ids
    # an external resource may be anywhere, but Lambda takes layers of its own region only
    is_anywhere = _is_global(part) or (is_external and not is_layer)
    if _REGION.fullmatch(region) and region != environment.region and not is_anywhere:
        yield "region", region, environment.region
    if is_external or (is_layer and part["account"] in AWS_LAYER_ACCOUNTS):
        return
    if part["account"].isdigit() and part["account"] != environment.account_id:
        yield "account", part["account"], environment.account_id


def _is_global(part: dict[str, str]) -> bool:
    """Whether an ARN is of what has to be in us-east-1, because CloudFront takes it from there."""
    service = part.get("service")
    return part["region"] == "us-east-1" and (
        service == "acm" or (service == "wafv2" and part["rest"].startswith("global/"))
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
