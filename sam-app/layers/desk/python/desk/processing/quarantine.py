"""Records that can never be processed: parked whole, so that the shard goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from desk.domain import documents
from desk.domain.errors import PermanentEventError
from desk.ports.objects import Objects
from desk.ports.processing import Quarantine
from desk.processing import record
from desk.processing.figures import Figures


@dataclass(frozen=True)
class Parking:
    """Parks a record: first the whole of it as an object, then where that is.

    So no pointer leads nowhere. Parking it again writes the same under the same keys.
    """

    objects: Objects
    quarantine: Quarantine
    figures: Figures
    logger: Logger
    clock: Callable[[], datetime]

    def __call__(self, raw: Any, error: PermanentEventError) -> None:
        """Park a record that was refused with this error.

        Raises
        ------
        Exception
            It could not be parked now, or it has no sequence number to park it under.
        """
        try:
            parked = record.quarantined(raw, error)
            self.objects.put(parked.object_key, documents.text(raw))
            self.quarantine.add(parked, self.clock())
        except Exception:
            self.figures.failed("quarantine")
            self.logger.exception("record not parked", reason=str(error))
            raise
        self.figures.quarantined()
        self.logger.error("record parked", object_key=parked.object_key, reason=parked.reason)
