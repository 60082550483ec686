"""The stream's batches, from Lambda's event to its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from desk.domain.errors import PermanentEventError
from desk.domain.event import Event
from desk.processing.figures import Figures
from desk.processing.ordered_batch import OrderedBatchProcessor
from desk.processing.record import event_of


@dataclass(frozen=True)
class Batches:
    """Takes a batch: each record's event through the stages, or the record into quarantine.

    A record that no retry can make processable does not hold up those after it. Anything else that
    fails ends the batch there (see OrderedBatchProcessor): Lambda delivers it again, halved until
    the record is alone, and after the mapping's finite retries sends where it stood to the
    on-failure queue, which is alarmed. Nothing is dropped silently.
    """

    stages: Callable[[Event], None]
    park: Callable[[Any, PermanentEventError], None]
    figures: Figures
    logger: Logger
    processor: OrderedBatchProcessor = field(default_factory=OrderedBatchProcessor)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Take a batch; what it answers names the record it stopped at, if any."""
        try:
            return dict(process_partial_response(event, self._take, self.processor))
        finally:
            self.figures.write()

    def _take(self, record: DynamoDBRecord) -> None:
        # the raw record: Powertools' own reading of it is another than the store's
        raw = record.raw_event
        refused = self._process(raw)
        # out here, or the trace of what fails now would go on to the refusal's, which may quote
        # what was written
        if refused is not None:
            self.park(raw, refused)

    def _process(self, raw: Any) -> PermanentEventError | None:
        try:
            event = event_of(raw)
            with self.logger.append_context_keys(correlation_id=event.correlation_id):
                self.stages(event)
        except PermanentEventError as error:
            return error
        return None
