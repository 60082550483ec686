"""What the generator's pure parts load: nothing that makes the command slow to start."""

from __future__ import annotations

import subprocess
import sys

from tests.codegen.builders import CHECKOUT


def test_no_module_loads_boto3_on_import() -> None:
    # Given every module of codegen
    files = (CHECKOUT / "codegen").rglob("[a-z]*.py")
    modules = sorted(".".join(file.relative_to(CHECKOUT).with_suffix("").parts) for file in files)
    assert "codegen.terraform.units" in modules
    program = f"import sys, {', '.join(modules)}; print({{'boto3', 'botocore'}} & set(sys.modules))"

    # When they are imported in a new process
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )

    # Then boto3, half a second on a small machine, is not among what was loaded
    assert loaded.stdout == "set()\n"
