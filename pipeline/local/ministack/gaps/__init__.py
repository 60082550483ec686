"""Where MiniStack differs from AWS in a way that a caller cannot work around: a module each.

A module says what AWS does, what the emulator does instead, and mends it in `install()`. Each has
a test in tests/emulator/ that fails as soon as the emulator needs it no more.
"""

from gaps import (
    alarms,
    alias_revision,
    api_key_identity,
    conditional_writes,
    endpoint_policies,
    event_bus_keys,
    event_sources,
    flow_logs,
    gateway_responses,
    interface_endpoints,
    log_group_keys,
    nested_transforms,
    publish_batches,
    secure_transport,
    security_group_rules,
    stream_mapping,
    stream_state,
)


def install_all() -> None:
    """Close every gap, in this process, before the server starts."""
    for gap in (
        alarms,
        alias_revision,
        api_key_identity,
        conditional_writes,
        endpoint_policies,
        event_bus_keys,
        event_sources,
        flow_logs,
        gateway_responses,
        interface_endpoints,
        log_group_keys,
        nested_transforms,
        publish_batches,
        secure_transport,
        security_group_rules,
        stream_mapping,
        stream_state,
    ):
        gap.install()
