"""A nested stack's transforms.

AWS: CloudFormation applies the transforms of a nested template (AWS::Serverless and the language
extensions) as it does for the outer one, with the parameters that the stack is given.
MiniStack: applies them for the outer template alone, and refuses the types that they would replace
("Unsupported resource type: AWS::Serverless::Function").
Closed: the transforms of a nested template are applied after it is read.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.services.cloudformation import engine, provisioners

# The template is read deep inside the deployment, which takes the properties of the stack.
_stack: ContextVar[tuple[str, dict[str, Any]] | None] = ContextVar("nested_stack", default=None)


def install() -> None:
    """Wrap the deployment of a nested stack, and the step that reads its template."""
    deploy, parse = provisioners._cfn_nested_stack_deploy, engine._parse_template

    def deploy_nested(
        logical_id: str, props: dict[str, Any], parent_stack_name: str, **options: Any
    ) -> Any:
        token = _stack.set((parent_stack_name, props))
        try:
            return deploy(logical_id, props, parent_stack_name, **options)
        finally:
            _stack.reset(token)

    def parse_template(body: str) -> Any:
        template = parse(body)
        nested = _stack.get()
        if nested is None:
            return template
        _stack.set(None)  # what it nests in turn has its own
        parent, props = nested
        provisioners._check_nested_stack_capabilities(parent, template)
        given = (props.get("Parameters") or {}).items()
        sent = [{"Key": key, "Value": "" if v is None else str(v)} for key, v in given]
        transformed = engine._apply_transforms(template, sent)
        if isinstance(transformed, engine._TransformFailed):
            raise ValueError(transformed.error)  # noqa: TRY004 - as MiniStack raises it
        return transformed

    provisioners._cfn_nested_stack_deploy = deploy_nested
    engine._parse_template = parse_template
