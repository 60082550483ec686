"""Our tables of SAM, against the SAM CLI and the translator that are pinned: drift is seen here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samtranslator.plugins.globals import globals as translator  # type: ignore[import-untyped]
from samtranslator.public.sdk.resource import SamResourceType  # type: ignore[import-untyped]

from codegen.sam.globals import PRUNED, REPLACED, SERVERLESS, merged_properties
from codegen.sam.methods import BUILDERS, PYTHON
from codegen.sam.packaged import PACKAGED, REFUSED, Content
from pipeline.release.layers import EXCLUDED
from tests.codegen.pinned_sam import ask

TABLES = """
from samcli.lib.utils import resources as r
from samcli.lib.package.packageable_resources import RESOURCES_EXPORT_LIST as exports
answer = {
    "paths": {**r.RESOURCES_WITH_LOCAL_PATHS, **r.METADATA_WITH_LOCAL_PATHS},
    "images": r.RESOURCES_WITH_IMAGE_COMPONENT,
    "nested": r.NESTED_STACKS_RESOURCES,
    "defaults": [e.RESOURCE_TYPE for e in exports
                 if e.PACKAGE_NULL_PROPERTY and e.FORCE_ZIP and e.ARTIFACT_TYPE == "Zip"],
}
"""
BUILDING = r"""
import inspect, re
from aws_lambda_builders.workflows.python_pip.workflow import PythonPipWorkflow
from samcli.lib.build import workflow_config as w
source = inspect.getsource(w.get_workflow_config)
names = re.findall(r'^ +"([\w.-]+)": (?:Basic|Manifest)WorkflowSelector', source, re.M)
languages = {}
for name in names:
    try:
        config = w.get_workflow_config(None, ".", ".", specified_workflow=name)
        languages[name] = [config.language, config.dependency_manager]
    except w.UnsupportedRuntimeException:  # this folder has no manifest: it is Java
        languages[name] = ["java", None]
answer = {"languages": languages, "excluded": PythonPipWorkflow.EXCLUDED_FILES}
"""
# What we call a builder → SAM's language and dependency manager.
LANGUAGES = {
    "python": ("python", "pip"),
    "python-uv": ("python", "uv"),
    "nodejs": ("nodejs", "npm"),
    "esbuild": ("nodejs", "npm-esbuild"),
    "ruby": ("ruby", "bundler"),
    "java": ("java", None),
    "dotnet": ("dotnet", "cli-package"),
    "go": ("go", "modules"),
    "make": ("provided", None),
    "rust": ("rust", "cargo"),
}


@pytest.fixture(scope="module")
def tables() -> Any:
    return ask(TABLES)


@pytest.fixture(scope="module")
def building() -> Any:
    return ask(BUILDING)


@pytest.mark.engine
def test_what_sam_packs_is_packed_or_refused_by_name(tables: Any) -> None:
    # Given every property that SAM CLI uploads
    theirs = {(kind, name) for kind, names in tables["paths"].items() for name in names}
    # When ours are named in the same way: a path's last key where it has any keys in between
    ours = {
        (kind, packaged.path[-1] if "*" in packaged.path else ".".join(packaged.path))
        for kind, each in PACKAGED.items()
        for packaged in each
    }
    # Then each is in one of our tables, and we invent none
    # read by `sam publish` alone, and by nothing that is deployed
    not_deployed = {("AWS::ServerlessRepo::Application", n) for n in ("LicenseUrl", "ReadmeUrl")}
    assert ours <= theirs
    assert {(k, n) for k, n in theirs - ours - not_deployed if k not in REFUSED} == set()
    assert {kind for kind in REFUSED if kind not in tables["paths"]} == set()


@pytest.mark.engine
def test_what_is_nested_and_what_is_packed_without_being_named(tables: Any) -> None:
    nested = {
        kind: ".".join(packaged.path)
        for kind, each in PACKAGED.items()
        for packaged in each
        if packaged.content is Content.TEMPLATE
    }
    assert nested == tables["nested"]
    by_default = {kind for kind, each in PACKAGED.items() if any(p.by_default for p in each)}
    assert by_default == set(tables["defaults"]) - set(REFUSED)


@pytest.mark.engine
def test_what_sam_builds_is_built_by_what_we_call_it(building: Any) -> None:
    # Given every runtime and method that SAM CLI builds / Then ours are these, and no others
    assert {name: list(LANGUAGES[builder]) for name, builder in BUILDERS.items()} == (
        building["languages"]
    )
    assert all(PYTHON.fullmatch(name) for name, builder in BUILDERS.items() if builder == "python")


@pytest.mark.engine
def test_what_sams_python_builder_leaves_out_is_left_out(building: Any) -> None:
    assert sorted(EXCLUDED) == sorted(building["excluded"])


def test_the_lists_and_mappings_that_globals_do_not_add_to() -> None:
    # Given the translator's own exceptions to its rules / Then ours are these
    strategies = {tuple(path.split(".")): op for path, op in translator.CUSTOM_STRATEGIES.items()}
    merge = translator.MergeOp
    assert {path for path, op in strategies.items() if op is merge.REPLACE} == REPLACED
    assert {path for path, op in strategies.items() if op is merge.PRUNE_AND_MERGE} == PRUNED
    assert {*strategies} == REPLACED | PRUNED


names = st.sampled_from(["A", "B", "Ref", "Fn::If", "Condition"])
values = st.recursive(
    st.sampled_from(["x", "y", 1, True, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
FUNCTION = ("Architectures", "Environment", "Tags", "Layers", "VpcConfig", "MemorySize")
CAPACITY = ("InstanceRequirements", "ManagedResourceTags", "Tags")


@given(st.data())
def test_globals_are_merged_as_the_translator_merges_them(data: st.DataObject) -> None:
    # Given any globals and properties, some of which the resource ignores
    section, keys = data.draw(
        st.sampled_from([("Function", FUNCTION), ("CapacityProvider", CAPACITY)])
    )
    inner = st.fixed_dictionaries({"Architectures": values}) | values
    properties = st.dictionaries(st.sampled_from(keys), inner, max_size=4)
    common, own = data.draw(properties), data.draw(properties)
    ignored = data.draw(st.sampled_from([None, "*", [key for key in common if key < "M"]]))
    document = {"Globals": {section: common}}
    resource = {"Type": SERVERLESS + section, "Properties": own, "IgnoreGlobals": ignored}

    # When they are merged by both / Then the result is one
    kind = SamResourceType(SERVERLESS + section).value
    theirs = translator.Globals(document).merge(kind, own, "Logical", ignored)
    assert merged_properties(document, resource) == theirs
