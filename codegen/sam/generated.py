"""The logical ids of what SAM makes of a template's resources.

Source: docs.aws.amazon.com/serverless-application-model, "Generated AWS CloudFormation resources".
A test compares these with what the pinned translator makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codegen.sam.globals import SERVERLESS, merged_properties

HASH = "[0-9a-f]{10}"
DEFAULT_STAGE = "$default"  # of an HTTP API
ANY_NAME = r"\w+"  # stands for a name that a parameter decides
Properties = Mapping[str, Any]
# A connector's permissions, one for each destination where there are several.
_CONNECTOR = r"(Policy|QueuePolicy|TopicPolicy|(Read|Write)LambdaPermission)(Destination\d+)?"
_EVENT = "(|Permission|Queue|QueuePolicy|Role|EventSourceMapping)"


def generated_ids(document: Mapping[str, Any]) -> re.Pattern[str]:
    """A pattern that matches each logical id that SAM adds to a template, and no other."""
    resources = document.get("Resources")
    stages = "|".join(_stages(document))
    patterns: list[str] = []
    found: list[tuple[str, Properties]] = []
    for name, resource in resources.items() if isinstance(resources, dict) else ():
        if not isinstance(resource, dict):
            continue
        kind = str(resource.get("Type"))
        properties = merged_properties(document, resource)
        suffixes = [f"{re.escape(n)}({_CONNECTOR})?" for n in _keys(resource, "Connectors")]
        if kind.startswith(SERVERLESS):
            found.append((kind.removeprefix(SERVERLESS), properties))
            if make := _SUFFIXES.get(kind.removeprefix(SERVERLESS)):
                suffixes += make(properties, stages)
        patterns += [re.escape(name) + suffix for suffix in suffixes]
    patterns += _shared(document, found)
    return re.compile("|".join(patterns) or r"(?!)")


def _function(properties: Properties, stages: str) -> Iterator[str]:
    yield from _role(properties)
    if (alias := properties.get("AutoPublishAlias")) is not None:
        yield f"Version{HASH}"
        named = alias.replace("-", "D").replace("_", "U") if isinstance(alias, str) else None
        yield "Alias" + (re.escape(named) if named else ANY_NAME)
    if "FunctionUrlConfig" in properties:
        yield "(Url|UrlPublicPermissions|URLInvokeAllowPublicAccess)"
    if "DeploymentPreference" in properties:
        yield "DeploymentGroup"
    if "EventInvokeConfig" in properties:
        yield "EventInvokeConfig(On(Success|Failure)(Queue|Topic))?"
    yield from _events(properties, stages)


def _state_machine(properties: Properties, stages: str) -> Iterator[str]:
    yield from _role(properties)
    if (alias := properties.get("AutoPublishAlias")) is not None:
        yield f"Version({HASH})?"
        yield "Alias" + (re.escape(alias) if isinstance(alias, str) else ANY_NAME)
    yield from _events(properties, stages)


def _role(properties: Properties) -> Iterator[str]:
    if not isinstance(properties.get("Role"), str):  # a reference may come to no value
        yield "Role"


def _events(properties: Properties, stages: str) -> Iterator[str]:
    for name, event in _items(properties, "Events"):
        yield re.escape(name) + _EVENT
        if event.get("Type") == "Api":  # a permission for each stage, and the API may be imported
            yield re.escape(name) + f"Permission({stages})"
        if event.get("Type") == "Cognito":
            yield "CognitoPermission"


def _api(properties: Properties, _: str = "") -> Iterator[str]:
    yield f"Deployment{HASH}"
    yield from _stage(properties)
    yield from _authorizers(properties)
    if "Domain" in properties:
        yield r"\w*BasePathMapping"
    auth = properties.get("Auth")
    if isinstance(auth, dict) and "UsagePlan" in auth:
        yield "(UsagePlan|UsagePlanKey|ApiKey)"


def _http_api(properties: Properties, _: str = "") -> Iterator[str]:
    if properties.get("StageName", DEFAULT_STAGE) == DEFAULT_STAGE:
        yield "ApiGatewayDefaultStage"
    else:
        yield from _stage(properties)
    yield from _authorizers(properties)
    if "Domain" in properties:
        yield r"\w*ApiMapping"


def _websocket_api(properties: Properties, _: str = "") -> Iterator[str]:
    yield from _http_api(properties)
    yield "(DefaultStage|ConnectAuthorizer|AuthorizerPermission)"
    for route in _keys(properties, "Routes"):
        name = re.escape(re.sub(r"\W", "", route).capitalize())
        yield f"(?i:{name})(Integration|Permission|Route)"


def _stage(properties: Properties) -> Iterator[str]:
    stage = properties.get("StageName")
    yield f"Stage({HASH})?"
    if stage is not None:
        yield (re.escape(stage) if isinstance(stage, str) else ANY_NAME) + "Stage"


def _stages(document: Mapping[str, Any]) -> Iterator[str]:
    """The names of stages; any name, where a parameter decides one."""
    yield from ("Prod", "Stage", HASH)
    for _, resource in _items(document, "Resources"):
        stage = _mapping(resource.get("Properties")).get("StageName")
        if stage is not None:
            yield re.escape(stage) if isinstance(stage, str) else ANY_NAME


def _authorizers(properties: Properties) -> Iterator[str]:
    auth = properties.get("Auth")
    for name in _keys(auth if isinstance(auth, dict) else {}, "Authorizers"):
        yield f"{re.escape(name)}AuthorizerPermission"


def _graphql_api(properties: Properties, _: str = "") -> Iterator[str]:
    yield "(Schema|CloudWatchRole|ApiCache|DomainName|DomainNameApiAssociation|NoneDataSource)"
    for kind, sources in _items(properties, "DataSources"):
        for name in sources:
            source = f"{re.escape(name)}(?i:{re.escape(kind)})DataSource"
            yield rf"{source}(Role|To\w+ConnectorPolicy)?"
    for name in [*_keys(properties, "Functions"), *_keys(properties, "ApiKeys")]:
        yield re.escape(name)
    for kind, resolvers in _items(properties, "Resolvers"):
        yield from (re.escape(kind) + re.escape(name) for name in resolvers)
    yield r"ToLambda\w*ConnectorWriteLambdaPermission"
    yield r"ToLambdaAuthConnector\d*WriteLambdaPermission"


# What each type makes, after its own id; given the names of the stages that there are.
_SUFFIXES: dict[str, Callable[[Properties, str], Iterator[str]]] = {
    "Function": _function,
    "StateMachine": _state_machine,
    "Api": _api,
    "HttpApi": _http_api,
    "WebSocketApi": _websocket_api,
    "GraphQLApi": _graphql_api,
    "LayerVersion": lambda *_: iter((HASH,)),
    "Connector": lambda *_: iter((_CONNECTOR,)),
    "CapacityProvider": lambda *_: iter(("OperatorRole",)),
    "NetworkConnector": lambda *_: iter(("OperatorRole",)),
    "MicroVMImage": lambda *_: iter(("BuildRole",)),
}


def _shared(document: Mapping[str, Any], found: list[tuple[str, Properties]]) -> Iterator[str]:
    """What SAM makes once for the whole template."""
    sections = _mapping(document.get("Globals"))
    implicit = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
    apis = [properties for kind, properties in found if kind in (*implicit, "WebSocketApi")]
    for kind, name in implicit.items():
        if any(_is_implicit(kind, properties) for _, properties in found):
            own = _mapping(sections.get(kind))
            apis.append({"StageName": "Prod", **own} if kind == "Api" else own)
            yield name
            yield from (name + suffix for suffix in _SUFFIXES[kind](apis[-1], ""))
    if any("DeploymentPreference" in properties for _, properties in found):
        yield "(ServerlessDeploymentApplication|CodeDeployServiceRole)"
    if any("Domain" in properties for properties in apis):
        yield f"(ApiGatewayDomainName(V2)?|RecordSetGroup|DomainNameAccessAssociation){HASH}"
    if any("UsagePlan" in _mapping(properties.get("Auth")) for properties in apis):
        yield "Serverless(UsagePlan|UsagePlanKey|ApiKey)"
    for _, properties in found:
        for name in _queues(properties.get("Events")):
            yield re.escape(name) + "(Policy|QueuePolicy)?"


def _is_implicit(kind: str, properties: Properties) -> bool:
    """Whether an event is of the API that SAM makes where none is named."""
    named = {"Api": "RestApiId", "HttpApi": "ApiId"}[kind]
    own = {"Ref": {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}[kind]}
    return any(
        event.get("Type") == kind and _mapping(event.get("Properties")).get(named, own) == own
        for _, event in _items(properties, "Events")
    )


def _queues(node: Any) -> Iterator[str]:
    """The queues and policies that events have SAM make: `QueueLogicalId`."""
    if isinstance(node, list):
        for item in node:
            yield from _queues(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("QueueLogicalId", "QueuePolicyLogicalId") and isinstance(value, str):
                yield value
            else:
                yield from _queues(value)


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _keys(node: Mapping[str, Any], key: str) -> list[str]:
    return list(_mapping(node.get(key)))


def _items(node: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (name, each) for name, each in _mapping(node.get(key)).items() if isinstance(each, dict)
    ]
