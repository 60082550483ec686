"""Where MiniStack differs from AWS in a way that a caller cannot work around: a module each.

A module says what AWS does, what the emulator does instead, and mends it in `install()`. Each has
a test in tests/emulator/ that fails as soon as the emulator needs it no more.
"""

from gaps import (
    alarms,
    alias_revision,
    api_addresses,
    api_key_identity,
    calling_functions,
    conditional_writes,
    empty_secrets,
    endpoint_policies,
    event_bus_keys,
    event_sources,
    flow_logs,
    function_errors,
    gateway_responses,
    iam_requests,
    interface_endpoints,
    leading_keys,
    log_group_keys,
    nested_transforms,
    passed_roles,
    publish_batches,
    rest_api_updates,
    secure_transport,
    security_group_rules,
    service_policies,
    stream_mapping,
    stream_state,
    tag_conditions,
)


def install_all() -> None:
    """Close every gap, in this process, before the server starts."""
    for gap in (
        alarms,
        alias_revision,
        api_addresses,
        api_key_identity,
        calling_functions,
        conditional_writes,
        empty_secrets,
        endpoint_policies,
        event_bus_keys,
        event_sources,
        flow_logs,
        function_errors,
        gateway_responses,
        iam_requests,
        interface_endpoints,
        leading_keys,
        log_group_keys,
        nested_transforms,
        passed_roles,
        publish_batches,
        rest_api_updates,
        secure_transport,
        security_group_rules,
        service_policies,
        stream_mapping,
        stream_state,
        tag_conditions,
    ):
        gap.install()
