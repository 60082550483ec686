"""What to do about drift: the commands that put each kind of it right. Pure.

CloudFormation compares templates, not what is there: where neither template nor parameters
change, a deployment leaves a function that was edited by hand as it is. Such an edit is therefore
undone by hand, with the same kind of call that made it. Every command runs as it is pasted.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from codegen.shown import command
from pipeline.deployed.differences import CODE, REVISION, Difference, artifact_key
from pipeline.inspect.drift.configuration import VARIABLE
from pipeline.inspect.drift.findings import Kind, Remedy
from pipeline.release.manifest import short

_OPTIONS = {
    "Runtime": "--runtime {}",
    "Handler": "--handler {}",
    "Role": "--role {}",
    "MemorySize": "--memory-size {}",
    "Timeout": "--timeout {}",
    "KMSKeyArn": "--kms-key-arn {}",
    "TracingConfig.Mode": "--tracing-config Mode={}",
    "DeadLetterConfig.TargetArn": "--dead-letter-config TargetArn={}",
    "EphemeralStorage.Size": "--ephemeral-storage Size={}",
    "SnapStart.ApplyOn": "--snap-start ApplyOn={}",
}
_GROUPS = {
    "Environment": ("--environment", "Environment"),
    "FileSystemConfigs": ("--file-system-configs", "FileSystemConfigs"),
    "LoggingConfig": ("--logging-config", "LoggingConfig"),
    "VpcConfig": (
        "--vpc-config",
        "VpcConfig.{SubnetIds: SubnetIds, SecurityGroupIds: SecurityGroupIds}",
    ),
}
_EDIT = "lambda update-function-configuration --function-name"


@dataclass(frozen=True)
class Mending:
    """The commands for one environment.

    Parameters
    ----------
    environment:
        Its name.
    release:
        The release that was last verified there.
    stack:
        The stack's name.
    bucket:
        The bucket that has the release's code.
    profile, region:
        What an `aws` command needs to reach it, and no other environment.
    instead:
        The release that a rollback was to put in its place, where it has been taken out; empty
        where it has not.
    """

    environment: str
    release: str
    stack: str
    bucket: str
    profile: str
    region: str
    instead: str = ""

    @property
    def promote(self) -> str:
        """Promote the verified release again; what was taken out is not brought back."""
        if self.instead:
            return f"./baton rollback {self.environment} {short(self.instead)}"
        return f"./baton promote {self.environment} {short(self.release)}"

    @property
    def deploy_anew(self) -> Remedy:
        """What helps where CloudFormation takes a resource for there that is not."""
        named = f"--stack-name {self.stack}"
        return Remedy(
            (
                self._aws(f"cloudformation delete-stack {named}"),
                self._aws(f"cloudformation wait stack-delete-complete {named}"),
                self.promote,
            ),
            "this takes the whole stack away, and the API with it until the promotion has ended, "
            "which gives it another address",
        )

    @property
    def after_a_failure(self) -> Remedy:
        """Where CloudFormation says what has happened, and what puts the stack right."""
        events = self._aws(f"cloudformation describe-stack-events --stack-name {self.stack}")
        return Remedy((events, self.promote), "see what has failed, then promote")

    @property
    def other_template(self) -> Remedy:
        """Where the stack was deployed from another template than the release's."""
        look = self._aws(f"cloudformation get-template --stack-name {self.stack}")
        return Remedy((look, self.promote), "see what was deployed by hand, then promote")

    def create_alias(self, function: str, alias: str, version: str | None) -> Remedy:
        """Put back an alias that is gone."""
        if version is None:
            return Remedy(
                note=f"the stack has no version of {function} that an alias could lead to: promote "
                "a release in which this function changes"
            )
        return Remedy((self._alias("create-alias", function, alias, version),))

    def update_alias(self, function: str, alias: str, version: str, weighted: bool) -> Remedy:
        """Lead an alias back; while CodeDeploy shifts traffic, weights are as they should be."""
        update = self._alias("update-alias", function, alias, version)
        if not weighted:
            return Remedy((update,))
        no_weights = "--routing-config AdditionalVersionWeights={}"
        return Remedy((f"{update} {no_weights}",), "unless a canary is at work")

    def parameter(self, kind: Kind) -> Remedy:
        """Bring a parameter's sides together again."""
        notes: dict[Kind, str] = {
            "state": "a promotion plans, applies, and deploys what the states say then",
            "unrecorded": "a promotion verifies and records what was deployed by hand",
        }
        return Remedy((self.promote,), notes.get(kind, ""))

    def latest(
        self, function: str, alias: str | None, difference: Difference, code: str | None
    ) -> Remedy:
        """Undo an edit of $LATEST, which runs where there is no alias, or which the next version
        would carry.

        Parameters
        ----------
        function:
            Its name.
        alias:
            The alias whose version still has what was edited; None where there is none.
        difference:
            What was edited.
        code:
            The CodeSha256 of the released code; None where it is no artifact of the release.
        """
        field, value = difference.what, difference.expected or ""
        named = shlex.quote(function)
        if field in (CODE, "Architectures"):
            if code is None:
                return self._by_hand(function, field)
            edit = "lambda update-function-code " + command(
                *("--function-name", function, "--s3-bucket", self.bucket),
                *("--s3-key", artifact_key(code)),
                *(("--architectures", value) if field != CODE else ()),
            )
        elif field in _OPTIONS:
            edit = f"{_EDIT} {named} {_OPTIONS[field].format(shlex.quote(value))}"
        elif field == "Layers":
            edit = (
                f"{_EDIT} {named} {command('--layers', *value.replace(',', ' ').split() or ['[]'])}"
            )
        elif field.startswith("VpcConfig") and not value:
            edit = f"{_EDIT} {named} --vpc-config SubnetIds=[],SecurityGroupIds=[]"
        elif alias is not None:
            edit = self._copied_from_the_version(function, alias, field)
        else:
            return self._by_hand(function, field)
        return Remedy((self._aws(edit),))

    def version(self, function: str, difference: Difference) -> Remedy:
        """What helps against a version that is not the release's: only a revision makes another."""
        if difference.what in (CODE, REVISION):
            return Remedy((self.promote,))
        return Remedy(
            note=f"set {difference.what.removeprefix(VARIABLE)} right in $LATEST of {function}, "
            "then promote a release in which this function changes: nothing else publishes a "
            "version"
        )

    def _aws(self, arguments: str) -> str:
        return f"{command('aws', '--profile', self.profile, '--region', self.region)} {arguments}"

    def _by_hand(self, function: str, field: str) -> Remedy:
        """Where no version has the value, and no command may show it."""
        return Remedy(
            note=f"set {field.removeprefix(VARIABLE)} of {function} as the release's template has "
            "it: CloudFormation leaves it as it is while template and parameters do not change"
        )

    def _alias(self, action: str, function: str, alias: str, version: str) -> str:
        return self._aws(
            f"lambda {action} "
            + command("--function-name", function, "--name", alias, "--function-version", version)
        )

    def _copied_from_the_version(self, function: str, alias: str, field: str) -> str:
        """Put a whole group back as the version has it; no value stands in the command."""
        group = VARIABLE.split(".")[0] if field.startswith(VARIABLE) else field.split(".")[0]
        option, query = _GROUPS[group]
        source = self._aws(
            f"lambda get-function-configuration --function-name {shlex.quote(function)} "
            f"--qualifier {shlex.quote(alias)} --output json --query '{query}'"
        )
        return f'{_EDIT} {shlex.quote(function)} {option} "$({source})"'
