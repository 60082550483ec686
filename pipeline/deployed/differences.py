"""How two sides differ: what was rendered or released, and what is deployed. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.release.manifest import ARTIFACTS, ZIP, artifact

ARTIFACT = re.compile(artifact("[0-9a-f]{64}"))
CODE, REVISION = "CodeSha256", "Description"  # the template's VersionDescription is the revision


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same on both sides; None where a side lacks it."""

    what: str
    expected: str | None
    actual: str | None


def differences(
    expected: Mapping[str, str | None], actual: Mapping[str, str | None]
) -> list[Difference]:
    """Everything in which two mappings differ, by name."""
    return [
        Difference(name, expected.get(name), actual.get(name))
        for name in sorted({*expected, *actual})
        if expected.get(name) != actual.get(name)
    ]


def version_differences(
    live: Mapping[str, Any], *, code: str | None, description: str | None
) -> list[Difference]:
    """How a version, or $LATEST, differs from what was released.

    Parameters
    ----------
    live:
        Its configuration, as Lambda gives it.
    code:
        The released code's CodeSha256; None where the release has no say in it.
    description:
        The description that it was to be published with, which is its revision; None likewise.
    """
    expected = {CODE: code, REVISION: description}
    said = {name: value for name, value in expected.items() if value is not None}
    return differences(said, {name: live.get(name) for name in said})


def released_code(properties: Mapping[str, Any]) -> str | None:
    """The CodeSha256 of a function's code, which the packaged template names by digest.

    Parameters
    ----------
    properties:
        Of an AWS::Serverless::Function, or of an AWS::Lambda::Function.

    Returns
    -------
    str | None
        None where the code is no artifact of the release: inline code, say.
    """
    for location, key in (("CodeUri", "Key"), ("Code", "S3Key")):
        found = properties.get(location)
        if isinstance(found, dict) and ARTIFACT.fullmatch(str(found.get(key))):
            return code_sha256(found[key])
    return None


def code_sha256(key: str) -> str:
    """Lambda's CodeSha256 of the artifact with this key: the digest's bytes in base 64."""
    digest = key.removeprefix(ARTIFACTS).removesuffix(ZIP)
    return base64.b64encode(bytes.fromhex(digest)).decode()


def artifact_key(code: str) -> str:
    """The key of the artifact with this CodeSha256: the other way round."""
    return artifact(base64.b64decode(code).hex())
