"""回检 at the pages: a file is handed in, and held against the ledger as `report check` does.

Nothing is kept of it and nothing is written but the access log. What differs tells values: so staff
who do the work of reports for the whole bureau, and auditors, are told of drafts and of what is
internal; other staff are told of what was published, which everybody may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api import checking_apart, multipart, problems, scoped
from api.answers import answer, wants_json
from api.checking_apart import Refused, Task
from api.multipart import File, Filled
from api.question import Pages
from api.roles import BUSINESS, audits
from api.view import View
from reports import plans
from reports.checking.finding import MEANING
from reports.handed.file import MOST_BYTES

router = Pages(admits=BUSINESS)
HOME = "/check"
MOST_FIELDS = 4
MOST_OF_A_FORM = MOST_BYTES + 64 * 2**10
BODY_SECONDS = 120.0
"""For the largest file on a line of the office."""
AT_ONCE = 2
"""Files that are taken in and checked at a time; each is read in a process of its own."""
LONGEST = 200
"""Characters of a file's name, and of a field."""


@router.get(HOME)
async def ask(request: Request, view: View) -> Response:
    """Asks for a file."""
    return await _page(request, view, {}, {})


@router.post(HOME, admits=BUSINESS)
async def check(request: Request, view: View) -> Response:
    """Which document of the ledger a file is, and what was changed in it."""
    with request.app.state.checks.one_more(request):
        filled = await _filled(request)
        file = filled.files.get("file", File("", b""))
        given = {name: filled.fields.get(name, "").strip()[:LONGEST] for name in ("plan", "period")}
        task = Task(
            request.app.state.url,
            view.ledger.name,
            _named(file),
            given["plan"],
            given["period"],
            _everything(request),
        )
        found = await checking_apart.checked(task, file.content)
    if isinstance(found, Refused):
        return await _refused(request, view, given, found)
    return await _page(request, view, given, {"file": task.name, **found})


def _everything(request: Request) -> bool:
    """Whether who asks may be told of what was not published."""
    return audits(request) or scoped.handles(request, "reporting")


async def _filled(request: Request) -> Filled:
    """The form that was sent. Raises Problem."""
    body, length = bytearray(), request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_OF_A_FORM:
        raise problems.file_too_large(MOST_BYTES)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MOST_OF_A_FORM:
                    raise problems.file_too_large(MOST_BYTES)
    except TimeoutError:
        raise problems.file_unreadable("文件没有在规定的时间内传完", "检查网络后再交") from None
    except ClientDisconnect:
        raise problems.file_unreadable("文件没有传完", "再交一次") from None
    kind = request.headers.get("content-type", "")
    try:
        return multipart.filled(kind, bytes(body), MOST_FIELDS)
    except ValueError:
        raise problems.file_unreadable(
            "没有收到文件",
            f"在 {HOME} 选取文件后提交；程序以 multipart/form-data 的 file 字段送出",
        ) from None


def _named(file: File) -> str:
    """The last part of the name that a file had, in characters that can be told."""
    name = file.name.encode("utf-8", "replace").decode()
    return PurePath(name.replace("\\", "/")).name[-LONGEST:] or "文件"


async def _refused(
    request: Request, view: View, given: Mapping[str, str], refused: Refused
) -> Response:
    """The page with what is wrong. Raises Problem, to programs and where no file is to blame."""
    if refused.kind == "altered":
        raise problems.altered(refused.why)
    if refused.kind == "database":
        raise problems.database()
    why = refused.why.partition(" / ")[0]
    if wants_json(request):
        raise problems.file_unreadable(why, "改正后再交；文件没有留存")
    made = await _page(request, view, given, {}, why)
    made.status_code = HTTPStatus.BAD_REQUEST
    return made


async def _page(
    request: Request,
    view: View,
    given: Mapping[str, str],
    data: dict[str, Any],
    wrong: str = "",
) -> Response:
    """The form, under what was found."""
    everything = _everything(request)
    there = plans.of(view.bureau) if everything else {}
    return await answer(
        request,
        "check.html",
        view,
        data,
        given=given,
        wrong=wrong,
        everything=everything,
        plans=tuple(there),
        # What staff see of figures is what was published.
        leads=audits(request) or data.get("release") is not None,
        meaning=MEANING,
        base=HOME,
        most=MOST_BYTES // 2**20,
    )
