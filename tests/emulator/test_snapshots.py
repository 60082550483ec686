"""An emulator's state on the disk: whole snapshots, of which the newest counts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.target.local.ministack.snapshots import Snapshots


@pytest.fixture
def kept(tmp_path: Path) -> Snapshots:
    kept = Snapshots(tmp_path / "state")
    kept.restore(4610)
    return kept


def write(folder: Path, **files: str) -> None:
    """Write files as S3 does: each is replaced, never written into."""
    for name, text in files.items():
        draft = folder / f"{name}.tmp"
        draft.write_text(text)
        draft.replace(folder / name)


def save(kept: Snapshots, **states: str) -> None:
    kept.finish(kept.prepare(states), states, 4610)


def content(folder: Path) -> dict[str, str]:
    """What is in a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "port"
    }


def test_a_start_goes_on_with_the_newest_snapshot_and_with_nothing_since(kept: Snapshots) -> None:
    # Given two snapshots, and what was written after them
    objects = kept.live / "s3"
    objects.mkdir()
    write(objects, kept="1", changed="1", deleted="1")
    save(kept, dynamodb="one")
    save(kept, dynamodb="two", iam="two")
    write(objects, changed="2", new="2")
    (objects / "deleted").unlink()
    write(kept.live, iam="since")

    # When it is started again, twice
    for _ in range(2):
        kept.restore(4610)

    # Then
    assert content(kept.live) == {
        "dynamodb.json": "two",
        "iam.json": "two",
        "s3/kept": "1",
        "s3/changed": "1",
        "s3/deleted": "1",
    }


def test_only_the_newest_is_kept(kept: Snapshots) -> None:
    for text in ("one", "two"):
        save(kept, dynamodb=text)
    assert len(list(kept.folder.glob("saved-*"))) == 1
    assert kept.newest() is not None


def test_a_service_that_was_not_asked_for_anything_keeps_its_state(kept: Snapshots) -> None:
    # Given a snapshot with two services
    save(kept, dynamodb="one", iam="one")
    kept.restore(4610)
    # When the next one has but one of them / Then the other is as it was
    save(kept, iam="two")
    kept.restore(4610)
    assert content(kept.live) == {"dynamodb.json": "one", "iam.json": "two"}


@pytest.mark.parametrize("died", ["before the states", "amid the states", "before it counted"])
def test_a_snapshot_that_was_not_finished_does_not_count(kept: Snapshots, died: str) -> None:
    # Given a snapshot, and one whose process died
    save(kept, dynamodb="one")
    draft = kept.prepare(["dynamodb", "iam"])
    if died != "before the states":
        (draft / "dynamodb.json").write_text("tw")
    if died == "before it counted":
        (draft / "iam.json").write_text("two")
        (draft / "port").write_text("4610")

    # When it is started again / Then it is the first that counts, and the next one finds room
    kept.restore(4610)
    assert content(kept.live) == {"dynamodb.json": "one"}
    save(kept, dynamodb="three")
    assert list(kept.folder.glob("*.part")) == []


def test_drafts_of_files_are_left_out(kept: Snapshots) -> None:
    # Given an object that is being written
    (kept.live / "s3").mkdir()
    (kept.live / "s3" / "object.tmp").write_text("half")
    # When a snapshot is taken / Then what is written into it later is not in it
    save(kept, dynamodb="one")
    kept.restore(4610)
    assert content(kept.live) == {"dynamodb.json": "one"}


def test_what_is_saved_is_for_the_user_alone(kept: Snapshots) -> None:
    (kept.live / "s3").mkdir()
    save(kept, secretsmanager="a secret")
    folders = [kept.folder, *(path for path in kept.folder.rglob("*") if path.is_dir())]
    newest = kept.newest()
    assert newest in folders
    assert {path.stat().st_mode & 0o777 for path in folders if path.name != "s3"} == {0o700}


def test_what_is_lost_is_what_was_done_since_the_snapshot(kept: Snapshots) -> None:
    # Given nothing done / Then
    assert kept.lost() == "nothing is lost"

    # When something is, before and after a snapshot / Then
    kept.note_change()
    assert kept.lost() == "all that was in it is lost"
    save(kept, dynamodb="one")
    newest = kept.newest()
    assert newest is not None
    os.utime(newest, (0, 0))
    assert kept.lost().startswith("what was done since ")

    # When it is saved, or was started again / Then
    kept.note_saved()
    assert kept.lost() == "nothing is lost"
    kept.note_change()
    kept.restore(4610)
    assert kept.lost() == "nothing is lost"


def test_its_own_addresses_move_with_it_and_nothing_else_does(kept: Snapshots) -> None:
    # Given addresses of the port before, of others, and what the application has stored
    own = ["http://localhost:4610/1/q", "http://127.0.0.1:4610/_aws/execute-api/a/v1"]
    others = ["http://localhost:46101/1/q", "http://10.127.0.0.1:4610", "localhost:4611"]
    text = json.dumps(own + others)
    save(kept, sqs=text, cloudformation=text, dynamodb=text, **{"lambda": text})

    # When it is started on another port
    kept.restore(4999)

    # Then
    moved = json.dumps([address.replace("4610", "4999") for address in own] + others)
    assert content(kept.live) == {
        "sqs.json": moved,
        "cloudformation.json": moved,
        "lambda.json": moved,
        "dynamodb.json": text,
    }
    # And back again, although nothing was saved meanwhile
    kept.restore(4610)
    assert content(kept.live)["sqs.json"] == text
