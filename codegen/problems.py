"""What can be wrong with a hand-off: every kind of problem, and one problem found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from codegen.errors import BatonError
from codegen.place import Place


class Kind(Enum):
    """Every kind of problem: its id, what it means, and what to do about it.

    docs/hand-off.md lists them; `make docs` writes that table from here.
    """

    # What the files say of each other: `baton check` finds these without credentials.
    UNREADABLE = (
        "unreadable",
        "A file of the contract is missing, or is not what its name says, or cannot be worked out.",
        "Mend the file; the message quotes its parser.",
    )
    SETTING_INVALID = (
        "setting-invalid",
        "`live/project.yaml` or an `env.yaml` says what is not allowed.",
        "docs/settings.md says what each key may be.",
    )
    SETTING_UNKNOWN = (
        "setting-unknown",
        "A template or a unit reads a setting that does not exist.",
        "Mend the name, or add the setting to `codegen/settings/`.",
    )
    SETTING_UNREAD = (
        "setting-unread",
        "A setting has no effect: no template and no unit reads it.",
        "Read it in `codegen/templates/` or in `units/`, or take it out of `codegen/settings/`.",
    )
    NAME_UNKNOWN = (
        "name-unknown",
        "A template reads a name that rendering does not give it.",
        "Mend the name; the message says which there are.",
    )
    READ_TOO_WIDE = (
        "read-too-wide",
        "A template reads a whole unit or group, in which nothing can be checked.",
        "Name the one value that is meant: `outputs.data.table_name`.",
    )
    VALUE_UNFILTERED = (
        "value-unfiltered",
        "A template writes a value that goes through none of its filters.",
        "End it with `| yaml`, `| toml` or, in a comment, `| comment`.",
    )
    OUTPUT_UNDECLARED = (
        "output-undeclared",
        "A template or a unit reads an output that its module does not declare.",
        "Mend the name, or declare the output in `modules/<unit>/outputs.tf`.",
    )
    OUTPUT_SENSITIVE = (
        "output-sensitive",
        "A template reads a sensitive output. A parameter is no place for a secret: it stands in "
        "files and records, and can be read in the stack.",
        "Keep the secret in Secrets Manager, and hand over its ARN.",
    )
    PARAMETER_MISSING = (
        "parameter-missing",
        "`template.yaml` declares a parameter that is not rendered.",
        "Add its line to `codegen/templates/parameters.yaml.j2`.",
    )
    PARAMETER_UNKNOWN = (
        "parameter-unknown",
        "A parameter is rendered that `template.yaml` does not declare.",
        "Declare it there, or take its line out.",
    )
    PARAMETER_SECRET = (
        "parameter-secret",
        "A parameter is NoEcho: it is meant for a secret, which would be in a file here.",
        "Take the secret's ARN as the parameter, and read the secret at run time.",
    )
    PARAMETER_TYPE = (
        "parameter-type",
        "A parameter's type, constraint or default is not one that CloudFormation takes.",
        "Mend the declaration in `template.yaml`.",
    )
    PARAMETERS_TOO_MANY = (
        "parameters-too-many",
        "The template has more parameters than CloudFormation takes.",
        "Take out what no resource uses; derive what follows from others.",
    )
    LIST_MISMATCH = (
        "list-mismatch",
        "A list is written for a parameter of one value, or one value for a list parameter.",
        "`| comma_list | yaml` belongs to list types (`CommaDelimitedList`, `List<…>`), `| yaml` "
        "alone to all others.",
    )
    REVISION_UNWIRED = (
        "revision-unwired",
        "A function publishes versions without a revision: a changed output would reach `$LATEST`, "
        "and the alias would go on with the old one.",
        "Write `AutoPublishCodeSha256: !Ref <Name>Revision`, and declare that parameter.",
    )
    REVISION_BLIND = (
        "revision-blind",
        "A version carries a value that only the deployment knows, or another function's revision: "
        "when it changes, nothing is published.",
        "Read the value at run time, or hand over what it stands for.",
    )
    REFERENCE_UNKNOWN = (
        "reference-unknown",
        "The template refers to a name that is neither parameter nor resource. CloudFormation "
        "refuses it; an emulator may take it for text.",
        "Mend the name in `template.yaml`, or declare the parameter.",
    )
    TEMPLATE_UNSUPPORTED = (
        "template-unsupported",
        "The template has what no release can hold, as a container image, or what only a "
        "deployment decides, as a path from an output.",
        "The message names the resource, and what to write in its place.",
    )
    CODE_MISSING = (
        "code-missing",
        "The template names a local file or folder that cannot be packed: it is not there, or "
        "outside the project.",
        "Correct the path in `template.yaml`, or move the folder into the project.",
    )
    BUCKET_UNDECLARED = (
        "bucket-undeclared",
        "The template names code, and has no parameter for the bucket that a release's code is in.",
        "Declare `ArtifactBucket: {Type: String}`, and render it in "
        "`codegen/templates/parameters.yaml.j2`.",
    )
    MOCK_MISSING = (
        "mock-missing",
        "`units/mocks.yaml` lacks an output that the module declares.",
        "Add it there, with the mark.",
    )
    MOCK_UNKNOWN = (
        "mock-unknown",
        "`units/mocks.yaml` has an output that no module declares.",
        "Mend the name, or take the mock out.",
    )
    MOCK_UNMARKED = (
        "mock-unmarked",
        "A mocked value could be taken for a real one: a plan made on it might be applied.",
        "Put `mock0000` into it, or, into an ARN, the account of twelve zeros.",
    )
    # What an environment's values are: found when they are rendered.
    OUTPUT_MISSING = (
        "output-missing",
        "A module declares an output that its state does not have.",
        "Apply the unit: `make apply ENV=<env>`, or `baton promote <env>`.",
    )
    OUTPUT_EMPTY = (
        "output-empty",
        "An output is null, or a list or map without items.",
        'The module must give a value; "off" is the empty text `""`.',
    )
    OUTPUT_MOCKED = (
        "output-mocked",
        "A value carries a mock's mark: its unit was applied on mocks, past the pipeline.",
        "Apply the unit that it depends on, then the unit itself.",
    )
    OUTPUT_FOREIGN = (
        "output-foreign",
        "An ARN or a queue's URL names another account, region or partition.",
        "Apply the unit with this environment's settings and profile.",
    )
    VALUE_UNFIT = (
        "value-unfit",
        "A value does not satisfy its parameter: type, AllowedValues, AllowedPattern, lengths or "
        "bounds. CloudFormation would refuse it.",
        "Change the value where it comes from, or the constraint in `template.yaml`.",
    )
    VALUE_UNWRITABLE = (
        "value-unwritable",
        "A value cannot be written: a map, a null, a list of lists, no valid Unicode, "
        "or an expression that fails.",
        "Hand over one of its members, or another type.",
    )

    def __init__(self, identifier: str, means: str, remedy: str) -> None:
        self.id = identifier
        self.means = means
        self.remedy = remedy


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit.

    Parameters
    ----------
    kind:
        Which of the known kinds.
    where:
        The side that is probably to be changed; None where a value has no line.
    what:
        What is wrong, one sentence with the names and values in it.
    other:
        The side that it does not fit.
    remedy:
        What to do next; "" where the kind's own says it.
    """

    kind: Kind
    where: Place | None
    what: str
    other: Place | None = None
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        other = f"\n      other side: {self.other}" if self.other else ""
        return f"{place}{self.what} [{self.kind.id}]{other}\n      next: {self.next}"

    @property
    def next(self) -> str:
        """What to do next."""
        return self.remedy or self.kind.remedy

    def as_json(self) -> dict[str, Any]:
        """The problem for machines."""
        where, other = self.where, self.other
        return {
            "kind": self.kind.id,
            "file": where and where.file,
            "line": where and where.line,
            "problem": self.what,
            "other_file": other and other.file,
            "other_line": other and other.line,
            "next": self.next,
        }


class ContractError(BatonError):
    """Outputs, templates and parameters do not fit each other; carries every problem found."""

    def __init__(self, problems: Sequence[Problem], remedy: str = "") -> None:
        noun = "problem" if len(problems) == 1 else "problems"
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the hand-off contract has {len(problems)} {noun}:\n{listed}", remedy)
        self.problems = list(problems)


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file and line.

    That a value cannot be written is no second problem of a line that has another.
    """
    found = dict.fromkeys(problems)
    explained = {problem.where for problem in found if problem.kind is not Kind.VALUE_UNWRITABLE}
    return sorted(
        (
            problem
            for problem in found
            if problem.kind is not Kind.VALUE_UNWRITABLE or problem.where not in explained
        ),
        key=_order,
    )


def _order(problem: Problem) -> tuple[str, int, str]:
    where = problem.where
    return (where.file if where else "", where.line if where else 0, problem.what)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelled one is likeliest to mean."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    names = list(known)
    close = nearest(name, names)
    return f"did you mean {close}?" if close else f"there are: {', '.join(names) or 'none'}"


def beside(name: str, lines: Mapping[str, int], file: str, otherwise: int = 1) -> Place:
    """Where in a file a name ought to be: at the nearest there is, or else in another line."""
    close = nearest(name, lines)
    return Place(file, lines[close] if close else otherwise)
