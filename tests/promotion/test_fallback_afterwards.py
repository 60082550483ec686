"""What was put back is kept, reached as of now, and no drift."""

from __future__ import annotations

import re

import pytest

from pipeline.inspect.drift.reading import last_given, verified_and_running
from pipeline.promotion.steps.verify import VerificationError
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Provenance
from tests.promotion.stage import Stage


def test_what_is_put_back_is_kept_whoever_built_it(stage: Stage) -> None:
    # Given a verified release, and the same content built by somebody else at another time
    a = stage.build("A")
    stage.promote()
    folder = ReleaseFolder(stage.checkout.releases / a)
    folder.save_provenance(
        Provenance(commit="d" * 40, dirty=False, built_at="2027", built_by="you")
    )

    # When it is put back, Then all of it stays in the bucket
    stage.build("B")
    stage.cloud.broken = {"B"}
    with pytest.raises(VerificationError):
        stage.promote()
    assert stage.records()[-1].fell_back_to == a
    assert [key for key in folder.release().keys if not stage.store.is_kept(key)] == []


def test_the_way_there_is_the_checkouts_whatever_a_release_calls_the_profile(stage: Stage) -> None:
    # Given a release that knew the profile by another name
    (profile,) = re.findall(
        r"aws_profile: .*", (stage.checkout.root / "live/dev/env.yaml").read_text()
    )
    stage.build("A", {"live/dev/env.yaml": (profile, "aws_profile: old-name")})
    stage.promote()

    # When it is put back, Then SAM is led by the name of now
    stage.build("B")
    stage.cloud.broken = {"B"}
    with pytest.raises(VerificationError):
        stage.promote()
    rendered = (stage.checkout.work("dev-fall-back") / "sam-app/samconfig.toml").read_text()
    assert f'profile = "{stage.last.environment.aws_profile}"' in rendered
    assert "old-name" not in rendered


def test_drift_knows_that_what_was_put_back_has_no_canary_for_now(stage: Stage) -> None:
    # Given a canary, and a release that was put back at once
    stage.build("A")
    stage.promote()
    stage.build("B")
    stage.cloud.broken = {"B"}
    with pytest.raises(VerificationError):
        stage.promote()
    first, newest = stage.records()
    assert newest.fell_back_with == stage.cloud.parameters
    assert first.parameters != stage.cloud.parameters

    # When drift looks for what the stack was given last, Then it is that
    found = verified_and_running(stage.records())
    assert found == first
    given = last_given(stage.records(), first)
    assert (given.parameters, given.at_once) == (stage.cloud.parameters, True)
    assert given.started_at == newest.started_at

    # And once a release works, what that was given counts
    stage.cloud.broken = set()
    stage.promote()
    newest = stage.records()[-1]
    assert last_given(stage.records(), newest) == newest == verified_and_running(stage.records())
