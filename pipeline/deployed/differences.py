"""How two sides differ: what was rendered or released, and what is deployed. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.sam.template import Function
from pipeline.release.manifest import ARTIFACTS, ZIP, artifact

_ARTIFACT = re.compile(artifact("[0-9a-f]{64}"))
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


def version_differences(live: Mapping[str, Any], *, code: str, revision: str) -> list[Difference]:
    """How the version behind an alias differs from what was released.

    Parameters
    ----------
    live:
        Its configuration, as Lambda gives it.
    code:
        The released code's CodeSha256; empty where the release has none, which is not compared.
    revision:
        The revision that it was to be published for.
    """
    expected = {REVISION: revision, **({CODE: code} if code else {})}
    return differences(expected, {name: live.get(name) for name in expected})


def released_code(function: Function) -> str:
    """The CodeSha256 of a function's code, which the packaged template names by digest.

    Empty where the release does not have it: it is in the template, or in another bucket.
    """
    location = function.properties.get("CodeUri")
    key = location.get("Key") if isinstance(location, dict) else None
    return code_sha256(key) if isinstance(key, str) and _ARTIFACT.fullmatch(key) else ""


def code_sha256(key: str) -> str:
    """Lambda's CodeSha256 of the artifact with this key: the digest's bytes in base 64."""
    digest = key.removeprefix(ARTIFACTS).removesuffix(ZIP)
    return base64.b64encode(bytes.fromhex(digest)).decode()


def artifact_key(code: str) -> str:
    """The key of the artifact with this CodeSha256: the other way round."""
    return artifact(base64.b64decode(code).hex())
