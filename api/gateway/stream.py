"""A stream of lines, of any length within bounds, in bounded memory.

A client that sends does not read meanwhile, so what is told of each line waits in a file until the
last has come. Each line ends by itself: one that the door refuses stops no other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.gateway import answers, bodies, door, problems
from api.gateway.door import MOST_OF_AN_EVENT, Refused
from api.problems import Problem
from consumers.posting import OutcomeUnknown
from domain.bodies import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from api.gateway.app import Gateway

MOST_BYTES = 256 * 2**20
MOST_LINES = 100_000
AT_ONCE = 500
"""Lines taken together."""
IN_MEMORY = 2**17
"""Bytes of answers kept in memory; what is more goes to a file."""
PART_BYTES = 64 * 1024
MEDIA = "application/x-ndjson"
_encode = msgspec.json.encode


async def post(request: Request, gateway: Gateway, key: str | None) -> Response:
    """Take the lines of a stream, and answer with a line for each, in order. Raises Problem.

    Where it ends early, the problem says how many `lines` were taken: they need not come again.
    """
    # Its content type says one event a line; a charset or a compression is refused as elsewhere.
    door.unpacked(request, b"")
    done = 0
    with ExitStack() as ending:
        told: IO[bytes] = ending.enter_context(SpooledTemporaryFile(IN_MEMORY))
        try:
            async for lines in _parts_of(request):
                if done + len(lines) > MOST_LINES:
                    problem = problems.too_many_events(MOST_LINES)
                    return answers.of_problem(request, problem, lines=done)
                for document in await _taken(gateway, key, lines):
                    done += 1
                    told.write(_encode({"line": done, **document}) + b"\n")
        except Problem as problem:
            return answers.of_problem(request, problem, lines=done)
        except OutcomeUnknown:
            return answers.of_problem(request, problems.unknown_outcome(), lines=done)
        told.seek(0)
        ending.pop_all()  # it is closed once it is sent
    return StreamingResponse(_parts(told), HTTPStatus.OK, {"Cache-Control": "no-store"}, MEDIA)


async def _parts_of(request: Request) -> AsyncIterator[list[bytes]]:
    """Lines as they come, no more together than are taken together."""
    async for lines in bodies.lines(request, MOST_BYTES, MOST_OF_AN_EVENT):
        for start in range(0, len(lines), AT_ONCE):
            yield lines[start : start + AT_ONCE]


async def _taken(gateway: Gateway, key: str | None, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """What became of each line. Raises Problem where the source was suspended meanwhile."""
    gateway.ring.require_active(key)
    raws = [line.removeprefix(BYTE_ORDER_MARK).strip(b" \t\r") for line in lines]
    looked = [door.look(raw, key, gateway.ring.sources) for raw in raws]
    sent = [each for each in looked if not isinstance(each, Refused)]
    async with gateway.room.in_turn(len(sent), sum(map(len, raws))):
        taken = iter(await gateway.put(sent))
    return [_refusal(each) if isinstance(each, Refused) else next(taken) for each in looked]


def _refusal(refused: Refused) -> dict[str, Any]:
    """What is said of a line that was not passed on."""
    told = {"outcome": "refused", "status": refused.status, "kept": False}
    return told | {"errors": [refused.wrong._asdict()]}


def _parts(told: IO[bytes]) -> Iterator[bytes]:
    with told:
        while part := told.read(PART_BYTES):
            yield part
