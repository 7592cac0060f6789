"""A file that was handed in, read and checked in a process of its own (api/checked.py).

What strangers wrote is read where it can hold up nobody: the process has so much time and memory,
is told no secret, and can write no file. It is told on its standard input what to do, and answers
with JSON on its standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import Any, NamedTuple

from infra import logging as logs

SECONDS = 60.0
"""For a file; a year's report takes one or two."""
MOST_MEMORY = 2 * 2**30
MOST_TOLD = 1_000
"""Findings that are told, and remarks; all are counted."""
NOT_DONE = (
    "这份文件太大、太复杂或者已经损坏，没能核对完；请在 WPS 或 Word 中打开后另存，再交"
    " / it cannot be checked: open it in WPS or Word, save it as another file, then hand that in"
)
_OURS = "MINGJIAN_"
_log = logs.get("mingjian.api")


class Task(NamedTuple):
    """What is to be checked, against what; `url` of the database as who reads."""

    url: str
    ledger: str
    name: str
    plan: str
    period: str
    everything: bool
    """Whether it may be held against what was not published: drafts, and internal releases."""


class Refused(NamedTuple):
    """Why nothing was checked: `unreadable`, `unanswerable`, `altered` or `database`."""

    kind: str
    why: str


async def checked(task: Task, raw: bytes) -> dict[str, Any] | Refused:
    """What `report check` says of a file, as JSON; however it was made, within SECONDS."""
    return await asyncio.to_thread(_run, task, raw)


def _run(task: Task, raw: bytes) -> dict[str, Any] | Refused:
    told = json.dumps(task).encode() + b"\n" + raw
    plain = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    try:
        done = subprocess.run(  # noqa: S603  ourselves, with nothing of the file among the arguments
            [sys.executable, "-P", "-m", __name__],  # -P: nothing that lies about here
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=plain,
            timeout=SECONDS,
            check=True,
        )
        kind, answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        _log.warning("a file that was handed in was not checked", error=type(error).__name__)
        return Refused("unreadable", NOT_DONE)
    return answer if kind == "checked" else Refused(kind, answer)


# In the process itself.


def main() -> None:
    """Check what stands on the standard input."""
    line, _, raw = sys.stdin.buffer.read().partition(b"\n")
    task = Task(*json.loads(line))
    _bound()
    sys.stdout.write(json.dumps(_answered(task, raw)))


def _bound() -> None:
    """Limits for what follows; where the system has none, the clock alone ends it."""
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    cpu = round(SECONDS)
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(what, (most, most))
    os.nice(10)


def _answered(task: Task, raw: bytes) -> tuple[str, Any]:
    """What came of it; whatever else a file makes of it ends the process, and with a sentence."""
    import asyncpg  # noqa: PLC0415  only the process itself needs these

    from ledger.store import LedgerMissing  # noqa: PLC0415
    from reports import handed  # noqa: PLC0415
    from reports.handed.file import NotReadable  # noqa: PLC0415
    from reports.moment import Unanswerable  # noqa: PLC0415
    from reports.release import Altered  # noqa: PLC0415

    try:
        return "checked", asyncio.run(_checked(task, raw, handed.read(raw, task.name)))
    except NotReadable as error:
        return "unreadable", str(error)
    except Unanswerable as error:
        return "unanswerable", str(error)
    except Altered as error:
        return "altered", str(error)
    except (OSError, LedgerMissing, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "database", ""


async def _checked(task: Task, raw: bytes, read: Any) -> dict[str, Any]:
    from infra import postgres  # noqa: PLC0415  as above
    from reports import checking  # noqa: PLC0415
    from reports.checking import Asked  # noqa: PLC0415
    from reports.checking.said import which  # noqa: PLC0415
    from reports.moment import period_of  # noqa: PLC0415

    asked = Asked(task.plan, period_of(task.period) if task.period else None)
    audience = ("public", "internal") if task.everything else ("public",)
    async with postgres.connect(task.url, seconds=SECONDS) as connection:
        found = await checking.check(
            connection,
            task.ledger,
            raw,
            read,
            asked,
            audience=audience,
            drafts=task.everything,
        )
    told = found.as_json()
    counts = {f"{listed}_in_all": len(told[listed]) for listed in ("findings", "prose")}
    bounded = {listed: told[listed][:MOST_TOLD] for listed in ("findings", "prose")}
    return told | bounded | counts | {"said": which(found, "")}


if __name__ == "__main__":
    main()
