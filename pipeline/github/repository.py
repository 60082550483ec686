"""The repository on GitHub, as a workflow reaches it: comments and issues that Baton keeps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from github import Auth, Github
from github.GithubException import GithubException
from github.Issue import Issue
from github.IssueComment import IssueComment
from github.Repository import Repository

from codegen.errors import BatonError, UsageError

# Who a workflow's own token speaks as: what anybody else has written is never changed, and nobody
# else's text is taken for ours, whatever it says.
AUTHOR = "github-actions[bot]"
LABEL = "drift"


Written = TypeVar("Written", Issue, IssueComment)


def connect() -> Repository:
    """The repository that the environment names, as GitHub Actions sets it.

    Raises
    ------
    UsageError
        `GITHUB_TOKEN` or `GITHUB_REPOSITORY` is not set.
    """
    try:
        token, name = os.environ["GITHUB_TOKEN"], os.environ["GITHUB_REPOSITORY"]
    except KeyError as error:
        raise UsageError(
            f"{error.args[0]} is not set",
            "GitHub Actions sets it; by hand: GITHUB_TOKEN=$(gh auth token) "
            "GITHUB_REPOSITORY=<owner>/<name>",
        ) from error
    address = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    client = Github(auth=Auth.Token(token), base_url=address, timeout=30, retry=3, lazy=True)
    return client.get_repo(name)


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Say what GitHub has refused, and why.

    Parameters
    ----------
    doing:
        As it follows "could not".
    """
    try:
        yield
    except (GithubException, OSError) as error:
        reason = error.message if isinstance(error, GithubException) else error
        raise BatonError(
            f"GitHub: could not {doing}: {reason}",
            "look at the workflow's permissions: pull-requests or issues: write",
        ) from error


def ours(found: Iterable[Written], marker: str) -> Iterator[Written]:
    """Those that Baton has written itself, known by their first line and their author."""
    return (
        each for each in found if each.user.login == AUTHOR and (each.body or "").startswith(marker)
    )


def put_comment(repository: Repository, pull: int, marker: str, body: str) -> str:
    """Write the comment of a pull request, or replace what it said before.

    Parameters
    ----------
    pull:
        The pull request's number.
    marker:
        The comment's first line, by which it is found again.
    body:
        What comes below the marker, in Markdown.

    Returns
    -------
    str
        The comment's address.
    """
    text = f"{marker}\n{body}"
    with explained(f"write the comment of pull request {pull}"):
        issue = repository.get_issue(pull)
        for comment in ours(issue.get_comments(), marker):
            comment.edit(body=text)
            return comment.html_url
        return issue.create_comment(text).html_url


def put_issue(repository: Repository, title: str, marker: str, body: str) -> str:
    """Open the issue that the marker stands for, or replace what the open one says."""
    text = f"{marker}\n{body}"
    with explained(f"write the issue {title!r}"):
        for issue in ours(repository.get_issues(state="open", labels=[LABEL]), marker):
            issue.edit(title=title, body=text)
            return issue.html_url
        return repository.create_issue(title=title, body=text, labels=[LABEL]).html_url


def close_issue(repository: Repository, marker: str, reason: str) -> str | None:
    """Close the open issue that the marker stands for, with a comment; None where there is none."""
    with explained("close an issue"):
        for issue in ours(repository.get_issues(state="open", labels=[LABEL]), marker):
            issue.create_comment(reason)
            issue.edit(state="closed", state_reason="completed")
            return issue.html_url
    return None
