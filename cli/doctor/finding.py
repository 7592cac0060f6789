"""What a check of `mingjian doctor` found: one line, in Chinese and English, and what to do."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

GIB = 2**30
FULL, TIGHT = 1 * GIB, 5 * GIB


class Level(StrEnum):
    """How bad it is; only `WRONG` makes the doctor exit with 1."""

    FINE = "fine"
    LOOK = "look"
    WRONG = "wrong"
    OFF = "off"
    """Not set up here, so not checked."""


class Finding(NamedTuple):
    """A check's name for programs, what was found, and the remedy."""

    level: Level
    check: str
    found: str
    remedy: str = ""


def fine(check: str, found: str) -> Finding:
    return Finding(Level.FINE, check, found)


def look(check: str, found: str, remedy: str) -> Finding:
    return Finding(Level.LOOK, check, found, remedy)


def wrong(check: str, found: str, remedy: str) -> Finding:
    return Finding(Level.WRONG, check, found, remedy)


def off(check: str, found: str) -> Finding:
    return Finding(Level.OFF, check, found)


def disk(check: str, place: Path) -> Finding:
    """How much room is left where `place` is, or will be."""
    there = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
    usage = shutil.disk_usage(there)
    text = (
        f"磁盘 / disk {there}: {usage.free / GIB:.1f} GiB 可用 / free"
        f" ({usage.free / usage.total:.0%})"
    )
    remedy = "腾出空间或扩容 / make room: PostgreSQL and Kafka stop when the disk is full"
    if usage.free < FULL:
        return wrong(check, text, remedy)
    if usage.free < TIGHT:
        return look(check, text, remedy)
    return fine(check, text)
