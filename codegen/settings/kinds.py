"""The kinds of values that settings have, where a type alone does not say what is allowed."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

# Patterns are read by Rust, by Python and by editors' JavaScript, which differ on \d, \w and \s
# beyond ASCII, so the characters are listed; and ARNs are those of the partition aws, as everything
# that this stack writes: China, GovCloud and the isolated regions have partitions of their own.
PARTITION = "aws"
ACCOUNT = "^[0-9]{12}$"
# not cn-north-1, us-gov-west-1, us-iso-east-1 or eusc-de-east-1
REGION = "^([abd-z][a-z]|c[a-mo-z])-(north|south|east|west|central|(north|south)(east|west))-[0-9]$"
# No bare word that Terraform's YAML reads as something else than text: y, n, 1e3, 0x1f, 2026-01-31.
# So it begins with a letter, and is longer where that is y or n; or it has a letter that is in no
# number and no date, as 111111111111_admin has.
# The characters are those that need no quoting in HCL, TOML, YAML and an AWS configuration's
# section; SSO tools make names such as 111111111111:Admin and "Acme Corp/ReadOnly".
_PROFILE_ANY, _PROFILE_END = "[A-Za-z0-9_.:/@+=,&() -]", "[A-Za-z0-9_.:/@+=,&()-]"
PROFILE = (
    f"^([A-Za-z]{_PROFILE_ANY}*{_PROFILE_END}|[A-MO-XZa-mo-xz]"
    f"|[0-9]{_PROFILE_ANY}*[G-NP-SU-WYg-np-su-wy]({_PROFILE_ANY}*{_PROFILE_END})?)$"
)
NAME = r"^[a-z][a-z0-9-]{1,15}$"
NAME_IN_WORDS = "2 to 16 of a-z, 0-9 and -, beginning with a letter"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_SHARED = "100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])"
_PRIVATE = rf"(10\.{_BYTE}|172\.(1[6-9]|2[0-9]|3[01])|192\.168|{_SHARED})"
CIDR = rf"^{_PRIVATE}\.{_BYTE}\.{_BYTE}/(16|17|18|19|20)$"
CIDR_IN_WORDS = (
    "an IPv4 range written as 10.10.0.0/16, /16 to /20 (a /24 must fit for every zone and tier), "
    "without host bits, within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10, that "
    "overlaps no other environment's"
)
# Owner and name as GitHub allows them, each with its id where tokens have it; no wildcard, for a
# token's subject is held against it.
_ID = "(@[1-9][0-9]{0,19})?"
REPOSITORY = rf"^[A-Za-z0-9]([A-Za-z0-9-]{{0,37}}[A-Za-z0-9])?{_ID}/[A-Za-z0-9._-]{{1,100}}{_ID}$"
OIDC_PROVIDER = "^arn:aws:iam::[0-9]{12}:oidc-provider/token[.]actions[.]githubusercontent[.]com$"
BOUNDARY = "^arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+$"
# The account that publishes it differs between regions, so any is accepted.
INSIGHTS_LAYER = (
    "^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:layer:LambdaInsightsExtension-Arm64:[1-9][0-9]*$"
)
_WORD = "[A-Za-z0-9!#$%&'*+=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_E_MAIL = rf"{_WORD}(\.{_WORD})*@({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])"
# a standard topic delivers to no FIFO queue, and their names end in .fifo
_QUEUE = "arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}"
_FUNCTION = "arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]+)?"
# A host by its name, for certificates are for names; no user, query or fragment: the first two are
# where people put secrets.
WEBHOOK = (
    rf"^https://({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?(:[1-9][0-9]{{0,4}})?"
    r"(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*$"
)
WEBHOOK_IN_WORDS = (
    "null, or an https address of at most 1,024 characters: a host name, and a port and a path if "
    "need be; no user, query or fragment, for what proves who calls is in Secrets Manager"
)
SUBSCRIBER = rf"^({_E_MAIL}|{_QUEUE}|{_FUNCTION})$"

# CloudWatch Logs accepts these and no others (PutRetentionPolicy, retentionInDays).
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
# The sizes of a stage's cache (CreateStage, cacheClusterSize), in GB.
CACHE_SIZES_GB = (0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237)
# Services by the short name of their endpoint: com.amazonaws.<region>.<name>.
EndpointService = Literal[
    "sns", "secretsmanager", "events", "xray", "kms", "sqs", "lambda", "logs", "monitoring"
]
# SAM's names of CodeDeploy's predefined configurations.
Canary = Literal[
    "none",
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
]


def _no_host_bits(value: str) -> str:
    try:
        ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{error}; a range is written as 10.10.0.0/16") from error
    return value


def _different(values: list[str]) -> list[str]:
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise ValueError(f"{', '.join(twice)} is there twice")
    return values


def _different_readers(values: list[str]) -> list[str]:
    # an address's case makes no other reader of it, and SNS would subscribe that reader twice
    _different([value.casefold() if "@" in value else value for value in values])
    return values


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs keeps for {listed(RETENTION_DAYS)} days")
    return value


def _cache_size(value: float) -> float:
    if value not in CACHE_SIZES_GB:
        raise ValueError(f"API Gateway has caches of {listed(CACHE_SIZES_GB)} GB")
    # 118 and 118.0 are one size, and it is written as AWS writes it
    return int(value) if value == int(value) else value


def _quoted_account(value: object) -> object:
    # YAML reads bare digits as a number, and a number has lost its leading zeros
    if isinstance(value, int):
        raise ValueError('an account id is text: write it in quotes, account_id: "012345678901"')  # noqa: TRY004  (pydantic reports a ValueError)
    return value


def _short_name(value: str) -> str:
    # the longest derived name is a bucket's: 63 characters, of which 22 are ours
    if not re.fullmatch(NAME, value):
        raise ValueError(f"allowed: {NAME_IN_WORDS}")
    return value


def listed(values: tuple[Any, ...]) -> str:
    """Numbers as people write them, one after the other."""
    return ", ".join(f"{value:g}" for value in values)


Account = Annotated[str, BeforeValidator(_quoted_account), Field(pattern=ACCOUNT)]
Cidr = Annotated[str, Field(pattern=CIDR), AfterValidator(_no_host_bits)]
CacheSize = Annotated[float, AfterValidator(_cache_size)]
Different = AfterValidator(_different)
DifferentReaders = AfterValidator(_different_readers)
Memory = Annotated[int, Field(ge=128, le=10_240)]
Name = Annotated[str, AfterValidator(_short_name)]
Retention = Annotated[int, AfterValidator(_retention)]
Percent = Annotated[int, Field(ge=1, le=100)]
Timeout = Annotated[int, Field(ge=1, le=900)]
