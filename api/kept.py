"""Public answers, kept whole for as long as the ledger stands as it does.

What a page says follows from its address, the form that is wanted and how the ledger stands; so
many who ask the same in the meantime are sent the same bytes, and who come while it is made wait
for it. Any entry voids all of a ledger: what an answer rests on in particular, its values know
(values.py). The inside view keeps nothing.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from api import forms

MOST_BYTES = 16 * 2**20
"""Of answers of one ledger that are kept; those that nobody asked for longest go first."""
LARGEST = 256 * 1024
LONGEST = 300
"""Characters of an address, or of the forms that a client takes, that are kept."""

Asked = tuple[str, bytes, str, str]


class Answer(NamedTuple):
    """An answer as it is sent, before it is tagged and packed."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def response(self) -> Response:
        """One of its own for each who asks: on its way, headers are added."""
        made = Response(self.body)
        made.raw_headers = list(self.headers)
        return made


class _Answers:
    """What was answered since a ledger stands as it does."""

    def __init__(self, stands: object) -> None:
        self.stands = stands
        self._answers: OrderedDict[Asked, asyncio.Future[Answer | None]] = OrderedDict()
        self._bytes = 0

    async def get(self, asked: Asked, work: Callable[[], Awaitable[Response]]) -> Response:
        known = self._answers.get(asked)
        if known is not None:
            await asyncio.wait([known])
            if (answer := known.result()) is not None:
                if asked in self._answers:
                    self._answers.move_to_end(asked)
                return answer.response()
            return await work()
        made = self._answers[asked] = asyncio.get_running_loop().create_future()
        answer = None
        try:
            response = await work()
            answer = _whole(response)
        finally:
            made.set_result(answer)
            if answer is None:
                del self._answers[asked]
        if answer is not None:
            self._bytes += len(answer.body)
            self._make_room()
        return response

    def _make_room(self) -> None:
        for asked, future in list(self._answers.items()):
            if self._bytes <= MOST_BYTES:
                return
            if future.done() and (answer := future.result()) is not None:
                self._bytes -= len(answer.body)
                del self._answers[asked]


class Kept:
    """The answers of all ledgers."""

    def __init__(self) -> None:
        self._ledgers: dict[str, _Answers] = {}

    async def get(
        self,
        ledger: str,
        stands: object,
        request: Request,
        work: Callable[[], Awaitable[Response]],
    ) -> Response:
        """The answer to a request, made by `work` unless it is known. Raises what `work` does."""
        asked = (
            request.scope["path"],
            request.scope["query_string"],
            forms.named(request) or "",
            request.headers.get("accept", ""),
        )
        if max(map(len, asked)) > LONGEST:
            return await work()
        if (kept := self._ledgers.get(ledger)) is None or kept.stands != stands:
            kept = self._ledgers[ledger] = _Answers(stands)
        return await kept.get(asked, work)


def _whole(response: Response) -> Answer | None:
    """An answer that may be kept: one that is well, all there, and not too large."""
    body = getattr(response, "body", None)  # what comes in parts has none
    if response.status_code != HTTPStatus.OK or body is None or len(body) > LARGEST:
        return None
    return Answer(tuple(response.raw_headers), bytes(body))
