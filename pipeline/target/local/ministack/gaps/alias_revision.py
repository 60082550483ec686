"""SAM's transform: the parameters' values.

AWS: CloudFormation hands the AWS::Serverless transform the values of the stack's parameters, so
`AutoPublishCodeSha256: !Ref Revision` publishes a version, and moves the alias, when it changes.
MiniStack: hands it none. A parameter without a default is refused ("AutoPublishCodeSha256 must be a
string"); with one, the default is all that the transform sees: the logical id of the version never
changes, and the alias stays on the first version for ever.
Mended: the values that the stack operation has (`_transform_parameters`, made for another
transform) are passed to SAM's too.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers
from samtranslator.translator import transform as sam

# The transform is called deep inside `_apply_transforms`, with an empty dictionary.
_values: ContextVar[dict[str, Any] | None] = ContextVar("parameter_values", default=None)


def install() -> None:
    """Wrap the step that applies the transforms, and SAM's transform itself."""
    apply, transform = engine._apply_transforms, sam.transform

    def apply_transforms(
        template: dict[str, Any],
        provided_params: Any = None,
        previous_params: Any = None,
    ) -> dict[str, Any]:
        values = engine._transform_parameters(template, provided_params, previous_params)
        token = _values.set(values)
        try:
            return apply(template, provided_params, previous_params)
        finally:
            _values.reset(token)

    def transform_with_values(
        fragment: dict[str, Any], parameter_values: dict[str, Any], *rest: Any, **options: Any
    ) -> dict[str, Any]:
        return transform(fragment, {**(_values.get() or {}), **parameter_values}, *rest, **options)

    # handlers and changesets took the function by name when they were imported
    for module in (engine, handlers, changesets):
        module._apply_transforms = apply_transforms
    sam.transform = transform_with_values
