"""One comment under a pull request: what it would change in every environment.

python -m pipeline.github.comment --pull 12 --commit <sha> dev=plan-dev.md staging=plan-staging.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen.errors import BatonError
from pipeline.runs.console import explain

MARKER = "<!-- baton: the plans of this pull request -->"
LONGEST = 65_536  # characters that GitHub takes in a comment
MISSING = "_No plan was made: see the job._"


def compose(plans: Mapping[str, str | None], commit: str, run: str) -> str:
    """The comment's text (pure).

    Parameters
    ----------
    plans:
        Environment, in promotion order → what `baton plan --markdown` wrote; None where it failed
        before it could write anything.
    commit:
        What was planned.
    run:
        Address of the workflow run; empty where there is none.

    Returns
    -------
    str
        Markdown that GitHub takes: where it would be too long, the longest sections lose their
        ends, and say so.
    """
    where = f" · [run]({run})" if run else ""
    head = f"### What this would change\n\nPlanned from `{commit[:12]}`{where}.\n"
    room = LONGEST - len(MARKER) - len(head) - 64 * (len(plans) + 1)
    sections = fitting([_section(name, text) for name, text in plans.items()], room)
    return "\n".join([head, *sections])


def _section(environment: str, text: str | None) -> str:
    return text.strip() + "\n" if text else f"#### {environment}\n\n{MISSING}\n"


def fitting(sections: Sequence[str], room: int) -> list[str]:
    """The sections, cut at a line's end where they do not fit into `room` characters together.

    None is cut below its fair share, so a long one never costs a short one a word.
    """
    found: dict[int, str] = {}
    for place in sorted(range(len(sections)), key=lambda index: len(sections[index])):
        share = (room - sum(map(len, found.values()))) // (len(sections) - len(found))
        found[place] = _cut(sections[place], share)
    return [found[place] for place in range(len(sections))]


def _cut(section: str, longest: int) -> str:
    if len(section) <= longest:
        return section
    left_out = "\n\n_… the rest is left out here: see the run's summary._\n"
    kept = section[: longest - len(left_out) - len("</details>\n")]
    kept = kept[: kept.rfind("\n") + 1]
    if kept.count("<details>") > kept.count("</details>"):
        kept += "</details>\n"
    return kept + left_out


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the plans' files, and write the comment; prints its address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plans", nargs="+", metavar="ENVIRONMENT=FILE")
    parser.add_argument("--commit", required=True, help="what was planned")
    parser.add_argument("--pull", type=int, help="number of the pull request")
    parser.add_argument("--run", default="", help="address of the workflow run")
    parser.add_argument("--print", action="store_true", dest="only_print", help="only show it")
    options = parser.parse_args(arguments)
    plans = {name: _read(Path(file)) for name, _, file in map(_pair, options.plans)}
    text = compose(plans, options.commit, options.run)
    if options.only_print:
        print(text)
        return 0
    if options.pull is None:
        parser.error("--pull is needed, or --print")
    # imported late: whoever only looks at the text needs no GitHub
    from pipeline.github.repository import connect, put_comment

    try:
        print(put_comment(connect(), options.pull, MARKER, text))
    except BatonError as error:
        return explain(error)
    return 0


def _pair(argument: str) -> tuple[str, str, str]:
    return argument.partition("=")


def _read(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
