"""Whether a release was built for where it is to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.errors import NotEligibleError
from pipeline.release.manifest import Release, short

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.target import Target

PLACE = ("project", "account_id", "region")  # what makes an environment this one


def check_fit(release: Release, target: Target, dirty: bool) -> None:
    """Refuse a release that was built for something else, or from uncommitted files for AWS.

    Raises
    ------
    NotEligibleError
        It cannot, or may not, run there.
    """
    built_for = (release.target, release.runtime, release.architecture)
    wanted = (target.name, target.platform.runtime, target.platform.architecture)
    if built_for != wanted:
        raise NotEligibleError(
            f"release {short(release.id)} was built for {' '.join(built_for)}, "
            f"this is {' '.join(wanted)}",
            "./baton build, with the same BATON_TARGET",
        )
    if dirty and target.name == "aws":
        raise NotEligibleError(
            f"release {short(release.id)} was built from files that are not committed",
            "commit them and run ./baton build",
        )


def check_place(release: Release, settings: Environment, environment: Environment) -> None:
    """Refuse a release whose own settings say that the environment is somewhere else.

    Parameters
    ----------
    settings:
        The release's: what Terraform and SAM go by.
    environment:
        The checkout's: whose account was checked, and where states and records are.

    Raises
    ------
    NotEligibleError
        Names what differs.
    """
    differing = [
        f"{name} is {getattr(settings, name)} there, {getattr(environment, name)} in this checkout"
        for name in PLACE
        if getattr(settings, name) != getattr(environment, name)
    ]
    if differing:
        raise NotEligibleError(
            f"release {short(release.id)} is for another {environment.name}: "
            + "; ".join(differing),
            "promote from a checkout of the same live/, or ./baton build",
        )
