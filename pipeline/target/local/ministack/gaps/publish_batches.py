"""SNS: what a role needs to publish many messages at once.

AWS: sns:Publish covers PublishBatch; there is no action of that name.
MiniStack: asks for sns:PublishBatch, so who may publish is denied a batch.
Mended: a batch is allowed as sns:Publish.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions


def install() -> None:
    """Wrap what finds the action."""
    extract = iam_actions.extract_iam_action

    def extract_iam_action(*args: Any, **kwargs: Any) -> Any:
        action = extract(*args, **kwargs)
        return "sns:Publish" if action == "sns:PublishBatch" else action

    iam_actions.extract_iam_action = extract_iam_action
