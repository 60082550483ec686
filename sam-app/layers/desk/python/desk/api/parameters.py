"""The headers and query parameters that several routes take."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from desk.api.fields import Limit

# printable ASCII: what a header can hold without being read differently on the way; not only spaces
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=r"^[ -~]*[!-~][ -~]*$"),
]
PageSize = Annotated[Limit, Query(alias="limit")]
PageToken = Annotated[str | None, Query(alias="page")]
DEFAULT_PAGE_SIZE = 50
