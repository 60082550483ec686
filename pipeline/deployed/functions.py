"""The stack's functions as Lambda has them: the alias, the version behind it, $LATEST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError
from pipeline.adapters.aws import explained
from pipeline.deployed.stack import FUNCTION, Resource, published_versions

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from codegen.settings import Environment

LATEST = "$LATEST"
AT_ONCE = 8


@dataclass(frozen=True)
class DeployedFunction:
    """A function of the stack.

    Parameters
    ----------
    name:
        Its name, as Lambda knows it.
    alias:
        The alias that was asked for; None where the release gives it none.
    live:
        Configuration of the version behind the alias; None where there is no such alias.
    latest:
        Configuration of $LATEST; None where Lambda has no such function any more.
    weights:
        Version → share of the calls that the alias sends there besides its own version.
    published:
        The version that the stack has published; None where it publishes none.
    """

    name: str
    alias: str | None
    live: Mapping[str, Any] | None
    latest: Mapping[str, Any] | None
    weights: Mapping[str, float]
    published: str | None


def read_functions(
    client: LambdaClient,
    environment: Environment,
    resources: Iterable[Resource],
    aliases: Mapping[str, str],
) -> dict[str, DeployedFunction]:
    """Ask Lambda about every function of a stack, side by side.

    Parameters
    ----------
    client:
        Lambda's, of the environment.
    environment:
        Whose stack it is, for messages.
    resources:
        The stack's, as `read_resources` gives them.
    aliases:
        Logical id → the alias that the release publishes the function's versions under.

    Returns
    -------
    dict
        Logical id → function.

    Raises
    ------
    BatonError
        Lambda does not answer, or refuses to.
    """
    listed = list(resources)
    published = published_versions(listed)
    functions = [each for each in listed if each.type == FUNCTION and each.physical_id]

    def read(function: Resource) -> DeployedFunction:
        name, alias = function.physical_id, aliases.get(function.logical_id)
        routing = _routing(client, environment, name, alias) if alias else {}
        return DeployedFunction(
            name=name,
            alias=alias,
            live=_configuration(client, environment, name, alias) if alias else None,
            latest=_configuration(client, environment, name, LATEST),
            weights=routing.get("AdditionalVersionWeights", {}),
            published=published.get(name),
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(
            zip((each.logical_id for each in functions), pool.map(read, functions), strict=True)
        )


def _configuration(
    client: LambdaClient, environment: Environment, name: str, qualifier: str
) -> Mapping[str, Any] | None:
    found = None
    with (
        explained(environment, f"look at the function {name}"),
        suppress(client.exceptions.ResourceNotFoundException),
    ):
        found = client.get_function_configuration(FunctionName=name, Qualifier=qualifier)
    # Lambda answers all the same where it may not decrypt the variables: without them
    if found and (refused := found.get("Environment", {}).get("Error")):
        raise BatonError(
            f"{environment.name}: the variables of {name} cannot be read: "
            f"{refused.get('Message') or refused.get('ErrorCode')}",
            f"allow the profile {environment.aws_profile!r} kms:Decrypt with the function's key "
            f"{found.get('KMSKeyArn', '')}".rstrip(),
        )
    return found


def _routing(
    client: LambdaClient, environment: Environment, name: str, alias: str
) -> Mapping[str, Any]:
    with (
        explained(environment, f"look at the alias {alias} of {name}"),
        suppress(client.exceptions.ResourceNotFoundException),
    ):
        return client.get_alias(FunctionName=name, Name=alias).get("RoutingConfig") or {}
    return {}
