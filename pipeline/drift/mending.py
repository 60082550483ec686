"""What to do about drift: the commands that put each kind of it right. Pure.

CloudFormation compares templates, not what is there: where neither template nor parameters
change, a deployment leaves a function that was edited by hand as it is. Such an edit is therefore
undone by hand, with the same kind of call that made it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from pipeline.deployed.differences import CODE, REVISION, Difference, artifact_key
from pipeline.deployed.functions import ALIAS
from pipeline.drift.configuration import VARIABLE
from pipeline.drift.findings import Kind

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
_EDIT = "aws lambda update-function-configuration --function-name"


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
    """

    environment: str
    release: str
    stack: str
    bucket: str

    @property
    def promote(self) -> str:
        """Promote the verified release again."""
        return f"./baton promote {self.environment} {self.release[:12]}"

    @property
    def render(self) -> str:
        """Deploy it by hand."""
        name = self.environment
        return f"./baton render {name} && cd sam-app && sam deploy --config-env {name}"

    @property
    def deploy_anew(self) -> str:
        """What helps where CloudFormation takes a resource for there that is not."""
        return f"aws cloudformation delete-stack --stack-name {self.stack}, then {self.promote}"

    @property
    def events(self) -> str:
        """Where CloudFormation says what has happened."""
        return f"aws cloudformation describe-stack-events --stack-name {self.stack}"

    def create_alias(self, function: str, version: str | None) -> str:
        """Put back an alias that is gone."""
        return (
            f"aws lambda create-alias --function-name {function} --name {ALIAS} "
            f"--function-version {version or '<version>'}"
        )

    def update_alias(self, function: str, version: str, weighted: bool) -> str:
        """Lead an alias back; while CodeDeploy shifts traffic, weights are as they should be."""
        command = (
            f"aws lambda update-alias --function-name {function} --name {ALIAS} "
            f"--function-version {version}"
        )
        if not weighted:
            return command
        no_weights = "--routing-config AdditionalVersionWeights={}"
        return f"{command} {no_weights}, unless a canary is at work"

    def parameter(self, kind: Kind) -> str:
        """Bring a parameter's sides together again."""
        if kind == "state":
            return f"{self.promote} (plans, applies, and deploys what the states say then)"
        if kind == "unrecorded":
            return f"{self.promote} (verifies and records what was deployed by hand)"
        return f"{self.promote}, or by hand: {self.render}"

    def latest(self, function: str, difference: Difference, code: str) -> str:
        """Undo an edit of $LATEST, which the next version would carry.

        Parameters
        ----------
        function:
            Its name.
        difference:
            What was edited.
        code:
            The CodeSha256 of the released code.
        """
        field, value = difference.what, difference.expected or ""
        if field in (CODE, "Architectures"):
            architecture = f" --architectures {value}" if field != CODE else ""
            return (
                f"aws lambda update-function-code --function-name {function} "
                f"--s3-bucket {self.bucket} --s3-key {artifact_key(code)}{architecture}"
            )
        if field in _OPTIONS:
            return f"{_EDIT} {function} {_OPTIONS[field].format(shlex.quote(value))}"
        if field == "Layers":
            return f"{_EDIT} {function} --layers {value.replace(',', '') or '[]'}"
        if field.startswith("VpcConfig") and not value:
            return f"{_EDIT} {function} --vpc-config SubnetIds=[],SecurityGroupIds=[]"
        return _copied_from_the_version(function, field)

    def version(self, function: str, difference: Difference) -> str:
        """What helps against a version that is not the release's: only a revision makes another."""
        if difference.what in (CODE, REVISION):
            return self.promote
        return (
            f"set {difference.what.removeprefix(VARIABLE)} right in $LATEST of {function}, then "
            "promote a release in which this function changes: nothing else publishes a version"
        )


def _copied_from_the_version(function: str, field: str) -> str:
    """Put a whole group back as the version has it; no value stands in the command."""
    group = VARIABLE.split(".")[0] if field.startswith(VARIABLE) else field.split(".")[0]
    option, query = _GROUPS[group]
    source = (
        f"aws lambda get-function-configuration --function-name {function} "
        f"--qualifier {ALIAS} --output json --query '{query}'"
    )
    return f'{_EDIT} {function} {option} "$({source})"'
