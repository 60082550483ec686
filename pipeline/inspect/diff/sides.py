"""What `baton diff` compares, read: two environments' records, and what their releases say."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from codegen.errors import NotEligibleError
from codegen.jinja.templates import Source, load_source
from codegen.sides import PARAMETERS, TEMPLATES
from pipeline.adapters.store import ArtifactStore
from pipeline.inspect.diff.comparing import Side, flat
from pipeline.inspect.diff.deciding import deciding
from pipeline.promotion.next_command import next_command
from pipeline.records.opening import open_environment
from pipeline.records.record import Record, last_verified
from pipeline.release.folder import ReleaseFolder
from pipeline.release.infrastructure import infrastructure_digest
from pipeline.release.transfer import download

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

LOOKED_AT = 200  # of an environment's records, for which release is older
# A parameter's line: what stands before its value.
PARAMETER = re.compile(r"(\w+):\s*")


def read_sides(
    checkout: Checkout, target: Target, environments: Sequence[Environment]
) -> tuple[list[Side], list[Record]]:
    """Read what environments were verified with last.

    A release that is not on this machine is copied from the environment's bucket.

    Returns
    -------
    tuple
        A side for each environment, and its newest record, which may be of a later failure.

    Raises
    ------
    NotEligibleError
        Nothing has been verified in one of them yet.
    BatonError
        Records or a release cannot be read.
    """
    with ThreadPoolExecutor(len(environments)) as pool:
        read = list(
            pool.map(lambda environment: _records(checkout, target, environment), environments)
        )
    names = [environment.name for environment in environments]
    releases = {
        verified.release: _release(checkout, store, verified.release, names)
        for store, verified, _ in read
    }
    sides = [
        Side(verified, **releases[verified.release], releases=_releases(records))
        for _, verified, records in read
    ]
    return sides, [records[-1] for *_, records in read]


def _records(
    checkout: Checkout, target: Target, environment: Environment
) -> tuple[ArtifactStore, Record, Sequence[Record]]:
    opened = open_environment(target, environment)
    verified = last_verified(opened.records)
    if verified is None:
        raise NotEligibleError(
            f"{environment.name} has verified no release yet, so there is nothing to compare",
            next_command(checkout, target, environment),
        )
    return opened.store, verified, opened.records


def _releases(records: Sequence[Record]) -> tuple[str, ...]:
    """The verified releases, each once, the newest first, as far back as it matters."""
    newest = islice(reversed(records), LOOKED_AT)
    return tuple(dict.fromkeys(record.release for record in newest if record.verified))


def _release(
    checkout: Checkout, store: ArtifactStore, release: str, names: Sequence[str]
) -> dict[str, Any]:
    """What a release says that a side has to know."""
    folder = ReleaseFolder(checkout.releases / release)
    download(folder, store)
    provenance = folder.provenance()
    commit = (provenance.commit or "")[:12]
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "source"
        folder.unpack(root)
        return {
            "reads": reads(load_source(root / TEMPLATES / PARAMETERS, PARAMETERS)),
            "decides": deciding(root),
            "shared": infrastructure_digest(root, None),
            "said": {name: _settings(root, name) for name in names},
            "commit": f"{commit}{' and uncommitted files' if provenance.dirty else ''}",
        }


def reads(source: Source) -> dict[str, frozenset[str]]:
    """Parameter → what the template makes it of, as `environment.api.auth`."""
    return {
        found[1]: frozenset(".".join(path) for path in value.paths)
        for value in source.values
        if (found := PARAMETER.fullmatch(value.before))
    }


def _settings(root: Path, name: str) -> dict[str, Any]:
    """An environment's settings in a release; none where it has no such environment.

    As terragrunt.hcl merges them, unchecked: the release may be older than the checks of today.
    """
    own = root / "live" / name / "env.yaml"
    if not own.exists():
        return {}
    project = yaml.safe_load((root / "live" / "project.yaml").read_text("utf-8"))
    said = yaml.safe_load(own.read_text("utf-8")) or {}
    sections = {
        section: defaults | (said.get(section) or {})
        for section, defaults in project["defaults"].items()
    }
    return flat({"region": project["region"]} | said | sections)
