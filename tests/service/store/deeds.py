"""What may be done to a ticket, and how: names of what `store_machine.Life` does, and arguments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from desk.domain.ticket import Priority, Status

TEAMS = ("ops", "sales")
USERS = ("ann", "bob", "cyd", "dan", "eve")

attributes: dict[str, st.SearchStrategy[Any]] = {
    "team": st.sampled_from(TEAMS),
    "assignee": st.sampled_from([*USERS[:2], None]),
    "priority": st.sampled_from(Priority),
}
leads = st.integers(-3, 3).map(lambda hours: timedelta(hours=hours))
statuses = st.sampled_from([Status.OPEN, Status.WAITING])
limits = st.integers(1, 2)  # few enough for a list to have several pages


def deed(name: str, **how: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(name), st.fixed_dictionaries(how))


deeds = st.one_of(
    deed("create", of=st.fixed_dictionaries(attributes), lead=leads),
    deed(
        "edit",
        edit=st.fixed_dictionaries({}, optional={**attributes, "status": statuses}),
        lead=leads,
    ),
    deed("comment", times=st.integers(1, 2)),
    deed("go_on", steps=st.integers(1, 3)),
    deed("go_back"),
    deed("watch", users=st.lists(st.sampled_from(USERS), min_size=1, max_size=4)),
    deed("unwatch", user=st.sampled_from(USERS)),
    deed("come_too_late", versions=st.integers(1, 2)),
    deed("escalate"),
    deed("count_twice", which=st.integers(0, 99)),
    deed("look_where_it_is", hours=st.integers(-1, 1)),
    deed(
        "look_anywhere",
        team=st.sampled_from(TEAMS),
        user=st.sampled_from(USERS[:2]),
        status=st.sampled_from(Status),
        limit=limits,
    ),
)
