"""The ways to more rights, tried one by one where IAM is enforced.

By the roles of CI, and by a role that `deploy` has made and allowed everything: only its boundary
is left to refuse them.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.acting import outcome
from tests.promotion.standin import escalations, reaches
from tests.promotion.standin.calls import Call
from tests.promotion.standin.delivery import Client, Place

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("ci_roles"), pytest.mark.proves("I3")]

MADE = "made by deploy"
BY_ANYBODY = {
    **escalations.ROLES,
    **escalations.IDENTITIES,
    **escalations.CODE,
    **reaches.BUCKETS,
    **reaches.DATA,
    **reaches.NETWORK,
    **reaches.KEYS_AND_PEOPLE,
}
# what the boundary leaves to roles: their own policies say which
OF_ROLES = {**escalations.CODE_OF_ROLES, **reaches.ITEMS_OF_FUNCTIONS}


def _cases(table: dict[str, Call], *actors: str) -> list[Any]:
    return [
        pytest.param(actor, call, id=f"{actor} {what}")
        for what, call in table.items()
        for actor in actors
    ]


def _clients(place: Place, actor: str) -> Client:
    return place.made_by_deploy if actor == MADE else place.roles[actor]


@pytest.mark.parametrize(
    ("actor", "call"),
    [
        *_cases(BY_ANYBODY, "plan", "deploy", "release-reader", MADE),
        *_cases(OF_ROLES, "plan", "deploy", "release-reader"),
    ],
)
def test_it_is_refused(place: Place, actor: str, call: Call) -> None:
    # Given a call that is good: the account's own root may make it
    call(place.admin, place)
    # When somebody else makes it / Then it is refused
    assert outcome(lambda: call(_clients(place, actor), place)) == "denied"


@pytest.mark.parametrize(("actor", "call"), _cases(OF_ROLES, MADE))
def test_the_boundary_leaves_room_for_what_roles_are_for(
    place: Place, actor: str, call: Call
) -> None:
    assert outcome(lambda: call(_clients(place, actor), place)) == "done"
