"""`baton build` imports each Python handler as Lambda does, and refuses what cannot start."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.release.starting import importing
from tests.pipeline.starting import FILES, HANDLER, TEMPLATE, built, checkout, refused


def test_a_function_that_starts_is_released(tmp_path: Path) -> None:
    assert built(checkout(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {HANDLER: "x = 1\ndef handler(event, context:\n    ...\n"},
            "sam-app/api/app.py:2: Api cannot start: a syntax error: ",
        ),
        (
            {"layer/python/shared.py": "def f():\nreturn 1\n"},
            "sam-app/layer/python/shared.py:2: Api cannot start: a syntax error: ",
        ),
        (
            {HANDLER: "import os\nimport no_such_package\n"},
            "sam-app/api/app.py:2: Api cannot start: No module named 'no_such_package'",
        ),
        (  # baton has it, Lambda does not
            {HANDLER: "import pydantic\n"},
            "sam-app/api/app.py:1: Api cannot start: No module named 'pydantic'",
        ),
        (
            {"layer/python/shared.py": "\n\nfrom json import nothing\n"},
            "sam-app/layer/python/shared.py:3: Api cannot start: cannot import name 'nothing' "
            "from 'json' [",
        ),
        (
            {HANDLER: "handle = lambda event, context: 1\n"},
            "sam-app/template.yaml:20: Api cannot start: Handler app.handler: the module app has "
            "no handler [function-broken]\n      next: Correct Handler, or the name in the code. "
            "Did you mean handle?",
        ),
        (
            {HANDLER: "handler = 1\n"},
            "sam-app/template.yaml:20: Api cannot start: Handler app.handler cannot be called",
        ),
        (
            {HANDLER: "handler = 1\n", "template.yaml": TEMPLATE.replace("app.handler", "ap.h")},
            "sam-app/template.yaml:20: Api cannot start: Handler ap.h: there is no module ap in "
            "the code [function-broken]\n      next: Correct Handler, or the name in the code. "
            "Did you mean app?",
        ),
        (
            {"template.yaml": TEMPLATE.replace("app.handler", "handler")},
            "Handler handler names no function: it is <module>.<function>",
        ),
        (
            {"template.yaml": TEMPLATE.replace("app.handler", "time.handler")},
            "Handler time.handler: time is a module of Python itself",
        ),
        (  # its import does not come to its end, and it has no handler all the same
            {HANDLER: "import os\nos.environ['ONLY_THERE']\ndef handle(event, context): ...\n"},
            "Handler app.handler: the module app has no handler",
        ),
        (
            {HANDLER: "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"},
            "Api cannot start: signal SIGKILL ended the process that imported it",
        ),
        (
            {HANDLER: "import os\nos._exit(3)\n"},
            "Api cannot start: the process that imported it ended with exit code 3",
        ),
    ],
)
def test_one_that_cannot_start_is_refused_with_file_and_line(
    tmp_path: Path, files: dict[str, str], says: str
) -> None:
    assert says in refused(checkout(tmp_path, files))


@pytest.mark.parametrize(
    ("handler", "file"), [("pkg/app.handler", "api/pkg/app.py"), ("pkg.handler", "api/pkg.py")]
)
def test_a_handler_is_found_as_lambda_finds_it(tmp_path: Path, handler: str, file: str) -> None:
    # Given a handler in a folder, without an __init__.py / Then a slash is as good as a dot
    files = {file: FILES[HANDLER], "template.yaml": TEMPLATE.replace("app.handler", handler)}
    assert built(checkout(tmp_path, files)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import os\nassert os.environ['MODE'] == 'fast'\n",
        "import boto3, botocore\n",
        "import os\nassert not [n for n in os.environ if n.startswith(('PYTHON', 'BATON'))]\n",
        "import os\nassert 'AWS_SECRET_ACCESS_KEY' not in os.environ\n",
        "import os\nassert os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'Api'\n",
        "import os\nassert os.getcwd() == os.environ['LAMBDA_TASK_ROOT']\n",
        "import sys\nassert sys.stdin.read() == ''\n",
        "print('{}')\n",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
        "try:\n    import no_such_package\nexcept ImportError:\n    pass\n",
    ],
)
def test_it_is_imported_in_a_clean_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    # Given variables of the shell that Lambda does not have
    for name in ("PYTHONPATH", "BATON_TARGET", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    project = checkout(tmp_path, {HANDLER: code + FILES[HANDLER]})

    # When it is built, Then nothing is said
    assert built(project) == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os\nos.environ['ONLY_THERE']\n", "sam-app/api/app.py:2: KeyError: 'ONLY_THERE'"),
        ("raise SystemExit(3)\n", "sam-app/api/app.py:1: SystemExit: 3"),
        ("exec('def (')\n", "sam-app/api/app.py:1: SyntaxError: "),
        (
            "import boto3\nboto3.client('s3').list_buckets()\n",
            "sam-app/api/app.py:2: NoCredentialsError: Unable to locate credentials",
        ),
        (
            "from urllib import request\nrequest.urlopen('https://example.com', timeout=5)\n",
            "sam-app/api/app.py:2: URLError: ",
        ),
    ],
)
def test_what_only_a_deployment_gives_is_said_and_refuses_nothing(
    tmp_path: Path, code: str, says: str
) -> None:
    project = checkout(tmp_path, {HANDLER: code + FILES[HANDLER]})

    (line,) = built(project)
    assert line.startswith(f"Api did not start here: {says}")
    assert built(project) == [line]  # and said again, from what is known


def test_one_that_hangs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PATIENCE_SECONDS", 0.5)
    project = checkout(tmp_path, {HANDLER: f"import time\ntime.sleep(60)\n{FILES[HANDLER]}"})

    began = time.monotonic()
    (line,) = built(project)
    assert "Api did not start here: " in line
    assert "its import did not end within 0.5 s" in line
    assert time.monotonic() - began < 10


def test_all_faults_are_reported_at_once_and_each_once(tmp_path: Path) -> None:
    # Given two functions with one fault, and a third one with another
    another = "\n  {0}:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    another += "      CodeUri: {1}/\n      Handler: app.handler\n"
    files = {
        "template.yaml": TEMPLATE + another.format("Second", "api") + another.format("Third", "c"),
        "layer/python/shared.py": "(\n",
        "c/app.py": "import absent\n",
    }

    said = refused(checkout(tmp_path, files))

    assert said.count("Api and Second cannot start: a syntax error") == 1
    assert "sam-app/c/app.py:1: Third cannot start: No module named 'absent'" in said


def test_code_in_the_template_is_imported_too(tmp_path: Path) -> None:
    inline = (
        "  Small:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      Handler: index.handler\n      InlineCode: |\n        import absent\n"
    )
    said = refused(checkout(tmp_path, {"template.yaml": TEMPLATE + inline}))
    assert "sam-app/template.yaml" in said
    assert "Small cannot start: No module named 'absent'" in said


def test_functions_of_nested_templates_are_imported_too(tmp_path: Path) -> None:
    stack = (
        "  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: n/t.yaml}\n"
    )
    inner = TEMPLATE.replace("layer/", "../layer/").replace("CodeUri: api/", "CodeUri: code/")
    files = {"template.yaml": TEMPLATE + stack, "n/t.yaml": inner, "n/code/app.py": "import x\n"}
    said = refused(checkout(tmp_path, files))
    assert "sam-app/n/code/app.py:1: Api cannot start: No module named 'x'" in said


def test_functions_of_other_languages_are_not_looked_at(tmp_path: Path) -> None:
    template = TEMPLATE.replace("python3.13", "nodejs22.x")
    skipped = template.replace(
        "  Api:\n    Type: AWS::Serverless::Function\n",
        "  Api:\n    Type: AWS::Serverless::Function\n    Metadata: {SkipBuild: true}\n",
    )
    assert built(checkout(tmp_path, {"template.yaml": skipped, HANDLER: "("})) == []
