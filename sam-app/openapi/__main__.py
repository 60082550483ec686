"""Writes openapi.json and gateway.yaml from the API's code, or says that they are stale.

`python sam-app/openapi [--check]`, or `make docs`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "layers/desk/python")]

from openapi import document, gateway  # noqa: E402

HEADER = """\
# What API Gateway has to know of the API: its routes, and that each goes to the function's alias.
# Written from the code; do not edit. template.yaml includes it, and a key or a signature is SAM's
# to add (Auth); a user pool is here, because there SAM knows no condition.
"""


def main() -> int:
    """Write the files, or with `--check` answer 1 where one is not what the code says.

    2 where the code and its description do not fit.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    try:
        files = {FOLDER / name: text for name, text in texts().items()}
    except document.DescriptionError as error:
        print(error)
        return 2
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if check:
            print(f"{path.name} is not what the code says; run make docs")
        else:
            part = path.with_name(f".{path.name}.part")
            part.write_text(files[path])
            part.replace(path)
    return 1 if check and stale else 0


def texts() -> dict[str, str]:
    """File name → what the code says that it holds."""
    described = document.document()
    api = yaml.dump(gateway.body(described), Dumper=_Plain, sort_keys=False, width=1000)
    return {
        "openapi.json": json.dumps(described, indent=2, ensure_ascii=False) + "\n",
        "gateway.yaml": HEADER + api,
    }


class _Plain(yaml.SafeDumper):
    """YAML as people write it: lists indented, and what is the same twice written twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


if __name__ == "__main__":
    sys.exit(main())
