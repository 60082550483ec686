"""What a terragrunt.hcl, or a file that is included into one, may have: Terragrunt's own names.

Terragrunt 1.1 itself refuses any other at the first plan, after a minute. A new version's names are
added here.
Source: pkg/config of Terragrunt's repository; docs.terragrunt.com, "HCL reference".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from codegen.place import Place
from codegen.problems import Kind, Problem, hint
from codegen.terraform.hcl import Hcl, Item

ANY = "*"


@dataclass(frozen=True)
class Body:
    """The attributes and blocks that a block may have; ANY for any attribute."""

    attributes: frozenset[str]
    blocks: dict[str, Body] = field(default_factory=dict)


def _body(attributes: str, **blocks: Body) -> Body:
    return Body(frozenset(attributes.split()), blocks)


_HOOK = "commands execute suppress_stdout working_dir"
_TERRAFORM = _body(
    "source version include_in_copy exclude_from_copy copy_terraform_lock_file "
    "update_source_with_cas mutable",
    extra_arguments=_body("commands arguments required_var_files optional_var_files env_vars"),
    before_hook=_body(f"{_HOOK} run_on_error if"),
    after_hook=_body(f"{_HOOK} run_on_error if"),
    error_hook=_body(f"{_HOOK} on_errors"),
)
_DEPENDENCY = _body(
    "config_path enabled skip_outputs mock_outputs mock_outputs_allowed_terraform_commands "
    "mock_outputs_merge_with_state mock_outputs_merge_strategy_with_state",
    expansion=_body(ANY),
)
FILE = _body(
    "inputs download_dir prevent_destroy iam_role iam_assume_role_duration "
    "iam_assume_role_session_name iam_web_identity_token terraform_binary "
    "terraform_version_constraint terragrunt_version_constraint remote_state generate",
    locals=_body(ANY),
    include=_body("path expose merge_strategy"),
    terraform=_TERRAFORM,
    dependency=_DEPENDENCY,
    dependencies=_body("paths"),
    remote_state=_body(
        "backend config generate disable_init disable_dependency_optimization encryption"
    ),
    generate=_body(
        "path if_exists if_disabled contents comment_prefix disable_signature disable hcl_fmt "
        "mutable"
    ),
    feature=_body("default"),
    exclude=_body("if no_run actions exclude_dependencies"),
    errors=_body(
        "",
        retry=_body("retryable_errors max_attempts sleep_interval_sec"),
        ignore=_body("ignorable_errors message signals"),
    ),
    engine=_body("source version type meta"),
    catalog=_body("urls default_template no_shell no_hooks"),
)


def name_problems(source: Hcl) -> Iterator[Problem]:
    """The attributes and blocks of a file that Terragrunt does not know."""
    yield from _unknown(source, source.items(), FILE, "a terragrunt.hcl")


def _unknown(source: Hcl, items: Iterator[Item], body: Body, whose: str) -> Iterator[Problem]:
    for item in items:
        place = Place(source.file, item.line)
        known = body.blocks.keys() if item.is_block else body.attributes
        if item.name not in known and ANY not in body.attributes:
            what = "block" if item.is_block else "attribute"
            names = sorted({*body.attributes, *body.blocks})
            said = f"{whose} has no {what} {item.name}"
            yield Problem(Kind.UNIT_INVALID, place, said, hint=hint(item.name, names))
        elif item.is_block and item.name in body.blocks:
            inner = source.items(item.start + 1, item.end)
            yield from _unknown(source, inner, body.blocks[item.name], f"the block {item.name}")
