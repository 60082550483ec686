"""Everything that is generated from the code: schemas and documents.

`python -m codegen.docs` writes them anew; a test fails while they are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codegen import files
from codegen.files import FileChange
from codegen.markdown import markdown
from codegen.problems import Kind
from codegen.settings import docs as settings

HAND_OFF = Path("docs/hand-off.md")


def generated(root: Path) -> dict[Path, str]:
    """The generated files of a checkout, by path, as they should be.

    Parameters
    ----------
    root:
        The checkout; has live/ and docs/*.md.j2.

    Raises
    ------
    SettingsError
        live/ is not as it should be itself.
    """
    template = (root / HAND_OFF.with_suffix(".md.j2")).read_text("utf-8")
    return {**settings.generated(root), HAND_OFF: markdown(template, kinds=list(Kind))}


def main(root: Path) -> None:
    """Write what is generated."""
    found = {root / path: text.encode() for path, text in generated(root).items()}
    files.write_all(
        [FileChange(path, files.read_if_there(path), text) for path, text in found.items()]
    )
    for path in found:
        print(path.relative_to(root), file=sys.stderr)


if __name__ == "__main__":
    main(Path(__file__).parents[1])
