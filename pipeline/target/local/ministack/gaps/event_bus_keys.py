"""EventBridge: a bus that loses its key.

AWS: after UpdateEventBus without a KmsKeyIdentifier, EventBridge's own key encrypts the bus.
MiniStack: keeps the key that the bus had. Switching an environment's customer-managed key off
leaves a change in every plan that follows.
Mended: what the request does not name is taken away.
"""

from __future__ import annotations

from typing import Any

from ministack.services import eventbridge


def install() -> None:
    """Wrap the action."""
    update = eventbridge._update_event_bus

    def update_event_bus(request: dict[str, Any]) -> Any:
        bus = eventbridge._event_buses.get(request.get("Name"))
        if bus is not None and not request.get("KmsKeyIdentifier"):
            bus.pop("KmsKeyIdentifier", None)
            request = {key: value for key, value in request.items() if key != "KmsKeyIdentifier"}
        return update(request)

    eventbridge._update_event_bus = update_event_bus
