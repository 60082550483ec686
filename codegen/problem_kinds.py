"""Every kind of problem that a hand-off can have."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """Every kind of problem: its id, what it means, and what to do about it.

    docs/hand-off.md lists them; `make docs` writes that table from here.
    """

    # What the files say of each other: `baton check` finds these without credentials.
    UNREADABLE = (
        "unreadable",
        "A file of the contract is missing, or is not what its name says, or cannot be worked out.",
        "Correct the file; the message quotes its parser.",
    )
    SETTING_INVALID = (
        "setting-invalid",
        "`live/project.yaml` or an `env.yaml` says what is not allowed.",
        "docs/settings.md says what each key may be.",
    )
    SETTING_UNKNOWN = (
        "setting-unknown",
        "A template or a unit reads a setting that does not exist.",
        "Correct the name, or add the setting to `codegen/settings/`.",
    )
    SETTING_UNREAD = (
        "setting-unread",
        "A setting has no effect: no template and no unit reads it.",
        "Read it in `codegen/templates/` or in `units/`, or take it out of `codegen/settings/`.",
    )
    NAME_UNKNOWN = (
        "name-unknown",
        "A template reads a name that rendering does not give it.",
        "Correct the name.",
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
        "Correct the name, or declare the output in `modules/<unit>/outputs.tf`.",
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
        "Correct the declaration in `template.yaml`.",
    )
    PARAMETER_UNCHECKED = (
        "parameter-unchecked",
        "A note: Baton cannot check a parameter's type or pattern, and accepts any value for it. "
        "CloudFormation checks it when the release is deployed.",
        "Nothing has to be done. A pattern that Java and Python read alike is checked here too.",
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
    RESOURCE_UNKNOWN = (
        "resource-unknown",
        "A resource of the template has a type that does not exist.",
        "Correct the type in `template.yaml`.",
    )
    RESOURCE_UNCHECKED = (
        "resource-unchecked",
        "A note: a resource of the template has a type that Baton does not know. It may be newer "
        "than the installed cfn-lint.",
        "Look at the name once more; CloudFormation checks it when the release is deployed.",
    )
    VERIFICATION_BLIND = (
        "verification-blind",
        "The template does not have a parameter or an output that `sam-app/verify` reads, so no "
        "release of it could be verified.",
        "Add it to `template.yaml`; or change `sam-app/verify`, and the table "
        "`[tool.baton.verify]` in `pyproject.toml`.",
    )
    VERIFICATION_MISSING = (
        "verification-missing",
        "A note: the service has no `sam-app/verify`. A promotion compares what runs with the "
        "release, and runs no smoke test.",
        "Add one (`docs/verify.md`).",
    )
    VERIFICATION_UNUSABLE = (
        "verification-unusable",
        "`sam-app/verify` is not an executable file, so a promotion could not run it.",
        "`chmod +x sam-app/verify`, and commit that.",
    )
    REFERENCE_UNKNOWN = (
        "reference-unknown",
        "The template refers to a name that is neither parameter nor resource. CloudFormation "
        "refuses it; an emulator may take it for text.",
        "Correct the name in `template.yaml`, or declare the parameter.",
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
    FUNCTION_BROKEN = (
        "function-broken",
        "A Python function cannot start: its handler cannot be imported, or is not there. "
        "`baton build` imports it, with its layers, in a process of its own.",
        "Correct the file that is named.",
    )
    TEMPLATE_INVALID = (
        "template-invalid",
        "`sam validate --lint` refuses the template, in `baton check --full` and `baton build`.",
        "Correct the line; the number of the rule is cfn-lint's.",
    )
    MODULE_INVALID = (
        "module-invalid",
        "`terraform validate` (or `tofu validate`) refuses a module, in `baton check --full` and "
        "`baton build`.",
        "Correct the line.",
    )
    UNIT_INVALID = (
        "unit-invalid",
        "A unit's file has what Terragrunt does not know, or leads to a module or unit that is not "
        "there, or units depend on each other in a circle, or an environment lacks a unit.",
        "Correct the file that is named. `units/` and each `live/<env>/` have the same units.",
    )
    INPUT_MISSING = (
        "input-missing",
        "A module has a variable without a default, and its unit does not set it.",
        "Set it in the `inputs` of `units/<unit>.hcl`, or give the variable a default.",
    )
    INPUT_UNKNOWN = (
        "input-unknown",
        "A unit sets an input that its module has no variable for. Terraform ignores it.",
        "Correct the name, or declare the variable in `modules/<unit>/`.",
    )
    INPUT_UNFIT = (
        "input-unfit",
        "A unit gives a variable a value of another type.",
        "Correct the value in `units/<unit>.hcl`, or the type in `modules/<unit>/`.",
    )
    GENERATED_STALE = (
        "generated-stale",
        "A file that the project generates from its code is not what the code says, or its "
        "generator fails.",
        "Run `make docs`.",
    )
    MOCK_MISSING = (
        "mock-missing",
        "`units/mocks.yaml` lacks an output that the module declares.",
        "Add it there, with the mark.",
    )
    MOCK_UNKNOWN = (
        "mock-unknown",
        "`units/mocks.yaml` has an output that no module declares.",
        "Correct the name, or take the mock out.",
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
        "Apply the unit with this environment's settings and profile. If the account is used on "
        "purpose, add it to `external_account_ids` in the environment's `env.yaml`.",
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

    @property
    def is_found_by_a_tool(self) -> bool:
        """Whether another program finds it: SAM, Terraform, Python or a generator."""
        return self in (
            Kind.FUNCTION_BROKEN,
            Kind.TEMPLATE_INVALID,
            Kind.MODULE_INVALID,
            Kind.GENERATED_STALE,
        )

    @property
    def is_note(self) -> bool:
        """Whether it is only to be known: nothing is refused for it."""
        return self in (
            Kind.PARAMETER_UNCHECKED,
            Kind.RESOURCE_UNCHECKED,
            Kind.VERIFICATION_MISSING,
        )

    def __init__(self, identifier: str, means: str, remedy: str) -> None:
        self.id = identifier
        self.means = means
        self.remedy = remedy
