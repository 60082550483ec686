"""What a template's parameters are likely to be: those of an environment on mocked outputs."""

from __future__ import annotations

from codegen.errors import BatonError
from codegen.rendering import ReleaseContext, render
from codegen.sam.artifacts import Values
from codegen.sam.parameter import typed_value
from codegen.sam.revisions import pseudo_parameters
from codegen.sides import Sides
from codegen.terraform.units import load_mocks
from pipeline.release.manifest import TEMPLATE
from pipeline.target import Target


def likely_values(target: Target) -> Values:
    """Parameter → value in the first environment, with mocks for the outputs of its units.

    Nothing where it cannot be worked out: `baton check` says why.
    """
    checkout = target.checkout
    template = checkout.sam_app / TEMPLATE
    platform = target.platform
    release = ReleaseContext(
        template=template,
        template_file=template.name,
        target=target.name,
        runtime=platform.runtime,
        architecture=platform.architecture,
        id="0" * 64,
    )
    try:
        environment = checkout.environments()[0]
        sides = Sides.load(checkout.root, template)
        mocks = load_mocks(checkout.root).values
        rendering, _ = render(sides, environment, mocks, release, on_mocks=True)
    except (BatonError, OSError):
        return {}
    types = {name: parameter.type for name, parameter in sides.template.parameters.items()}
    return {
        **pseudo_parameters(environment),
        **{n: typed_value(types.get(n, ""), text) for n, text in rendering.parameters.items()},
    }
