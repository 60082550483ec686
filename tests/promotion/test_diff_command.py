"""`baton diff`: from two buckets to a table, a document and a code."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from codegen.errors import NotEligibleError
from pipeline.__main__ import main
from pipeline.adapters.store import ArtifactStore
from pipeline.checkout import Checkout
from pipeline.inspect.diff.comparing import Group, compare
from pipeline.inspect.diff.sides import read_sides
from pipeline.records import opening
from pipeline.records.history import append
from pipeline.records.record import Record
from pipeline.release.archive import tar_files
from pipeline.release.manifest import Provenance, Release, digest
from pipeline.release.sbom import bill_of_materials
from pipeline.target import Target
from tests.pipeline.builders import environment, record
from tests.pipeline.conftest import session  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).parent / "stored"
ENVIRONMENTS = [environment("dev"), environment("staging", promoted_from="dev")]


def release_of(root: Path) -> tuple[Release, dict[str, bytes]]:
    """A release of the source tree in `root`, and its files."""
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    content = {
        "template.yaml": b"Resources: {}",
        "source.tar": tar_files({name: root / name for name in names}),
    }
    release = Release(
        target="local",
        runtime="python3.13",
        architecture="arm64",
        files={name: digest(data) for name, data in content.items()},
    )
    return release, content


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What a release says of its environments, as much as is compared."""
    root = tmp_path / "source"
    for pattern in ("live/*.yaml", "live/*/env.yaml", "units/*.hcl", "modules/*/*.tf"):
        for path in ROOT.glob(pattern):
            copy(path, root)
    copy(ROOT / "codegen/templates/parameters.yaml.j2", root)
    return root


def copy(path: Path, root: Path) -> None:
    to = root / path.relative_to(ROOT)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(path.read_bytes())


@pytest.fixture
def stores(
    session: boto3.Session,  # noqa: F811
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, ArtifactStore]:
    """Both environments' buckets with a release, and the records that were stored of them."""
    monkeypatch.setattr(opening, "check_account", lambda *_: None)
    monkeypatch.setattr(Target, "session", lambda *_: session)
    release, content = release_of(source)
    content["provenance.json"] = Provenance(
        commit="c0ffee" * 7, dirty=True, built_at="2026-01-01", built_by="me"
    ).to_bytes()
    content["sbom.cdx.json"] = bill_of_materials(release, content)
    content["release.json"] = release.to_bytes()
    found = {}
    for each in ENVIRONMENTS:
        session.client("s3").create_bucket(Bucket=each.artifact_bucket)
        store = ArtifactStore(session, each)
        for name, data in content.items():
            store.put_unrecorded(release.key(name), data)
        stored = Record.model_validate_json((STORED / f"{each.name}.json").read_bytes())
        append(store, stored.model_copy(update={"release": release.id}))
        found[each.name] = store
    return found


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target("local", Checkout(ROOT, tmp_path / "home"))


def test_both_sides_are_read_from_their_buckets(
    stores: dict[str, ArtifactStore], target: Target
) -> None:
    (dev, staging), newest = read_sides(target.checkout, target, ENVIRONMENTS)

    assert (dev.record.environment, staging.record.environment) == ("dev", "staging")
    assert [each.number for each in newest] == [1, 1]
    assert dev.commit == "c0ffeec0ffee and uncommitted files"
    assert dev.reads["TableName"] == {"outputs.data.table_name"}
    assert dev.decides["application.kms_key_arn"] == {"encryption.customer_key"}
    assert dev.said["staging"]["api.auth"] == "iam"
    assert dev.said["dev"]["logs.retention_days"] == 7
    assert dev.said["dev"]["api.throttle_rate"] == 50
    assert not [each for each in compare(dev, staging) if each.group is Group.UNINTENDED]


def test_a_release_may_be_older_than_an_environment_and_than_the_checks_of_today(
    stores: dict[str, ArtifactStore], target: Target, source: Path
) -> None:
    # Given a release without staging, and with a section that is no longer known
    (source / "live/staging/env.yaml").unlink()
    with (source / "live/dev/env.yaml").open("a") as file:
        file.write("\nfax: {number: 1}\n")
    release, content = release_of(source)
    store = stores["dev"]
    content["provenance.json"] = Provenance(
        commit=None, dirty=False, built_at="", built_by=""
    ).to_bytes()
    content["sbom.cdx.json"] = bill_of_materials(release, content)
    for name, data in (content | {"release.json": release.to_bytes()}).items():
        store.put_unrecorded(release.key(name), data)
    append(store, record(2, release.id))

    # When it is read, Then that stops nothing
    (dev, _), _ = read_sides(target.checkout, target, ENVIRONMENTS)
    assert dev.said["staging"] == {}
    assert dev.said["dev"]["fax.number"] == 1
    assert dev.commit == ""


def test_a_later_failure_is_told_and_not_compared(
    stores: dict[str, ArtifactStore], target: Target
) -> None:
    append(stores["dev"], record(2, "f" * 64, verified=False))

    (dev, _), newest = read_sides(target.checkout, target, ENVIRONMENTS)

    assert dev.record.number == 1
    assert newest[0].number == 2


def test_with_nothing_verified_there_is_nothing_to_compare(
    stores: dict[str, ArtifactStore], target: Target
) -> None:
    with pytest.raises(NotEligibleError, match="prod has verified no release yet"):
        read_sides(target.checkout, target, [ENVIRONMENTS[0], environment("prod")])


# the command


@pytest.fixture
def diff(stores: dict[str, ArtifactStore], target: Target, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `baton diff`; its code."""
    monkeypatch.setattr(Checkout, "here", lambda: target.checkout)
    monkeypatch.setattr(Target, "activate", lambda _: None)

    def run(*arguments: str) -> int:
        return main(["diff", *arguments])

    return SimpleNamespace(run=run, stores=stores)


def test_what_is_intended_is_no_reason_for_a_code(
    diff: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff.run("dev", "staging") == 0

    out, err = capsys.readouterr()
    assert "api.auth" in out
    assert "TableName" not in out
    assert err.splitlines()[0].startswith("dev: release ")
    assert err.splitlines()[-1].endswith(" 6 intended, 0 not intended")


def test_names_and_ids_are_shown_where_they_are_asked_for(
    diff: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff.run("dev", "staging", "--all") == 0

    assert "TableName" in capsys.readouterr().out


def test_what_nobody_asked_for_is_last_and_has_a_code(
    diff: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a parameter that was changed in staging, and a promotion of dev that failed since
    staging = json.loads(diff.stores["staging"].read("promotions/000001.json"))
    staging["parameters"]["ApiMemory"] = "4096"
    append(diff.stores["staging"], Record.model_validate(staging | {"number": 2}))
    append(diff.stores["dev"], record(2, "f" * 64, verified=False))

    # When the two are compared, Then the table ends with it
    assert diff.run("dev", "staging") == 3
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].split()[:6] == [
        "not", "intended", "parameter", "ApiMemory", "512", "4096",
    ]  # fmt: skip
    assert "the newest, promotion 2, of release ffffffffffff, is not verified: failed" in err
    assert "1 not intended" in err

    # And the document has it in full
    assert diff.run("dev", "staging", "--json") == 3
    document = json.loads(capsys.readouterr().out)
    assert [each["promotion"] for each in document["promotions"]] == [1, 2]
    assert [each for each in document["differences"] if each["group"] == "unintended"] == [
        {
            "kind": "parameter",
            "name": "ApiMemory",
            "left": "512",
            "right": "4096",
            "group": "unintended",
            "why": "nothing that it is made of differs",
        }
    ]


def test_an_environment_is_not_compared_with_itself(
    diff: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff.run("dev", "dev") == 2
    assert "dev cannot differ from itself" in capsys.readouterr().err
