"""An exception of one record is that record's quarantine, not the end of the ledger.

What the record has nothing to do with (a connection that is lost, a server that is full, a ledger
that is not as it was left) is raised as ever: then nothing was taken, and the work is done again.
"""

from __future__ import annotations

import asyncpg
from cryptography.exceptions import InvalidTag

from domain.faults import Fault, fault
from infra.alarm import Alarm
from infra.logging import places

_OF_A_VALUE = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
"""What PostgreSQL says of a value that it cannot store."""
_OF_THE_WORLD = (
    Alarm,
    InvalidTag,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresError,
)
"""What a record has no part in. OSError is also what time-outs are."""


ENDED = fault("judge_failed", expected="the process ended twice at this record")
"""The fault of a record that was alone when the process was killed: nobody looks into it again."""


class OfARecord(Exception):
    """One of the records of a batch cannot be taken; which one, only trying tells."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def is_of_a_record(error: Exception) -> bool:
    """Whether a record may be to blame for it."""
    return isinstance(error, _OF_A_VALUE) or not isinstance(error, _OF_THE_WORLD)


def is_contained(error: Exception) -> bool:
    """Whether the transaction can go on after it, without the record that is to blame."""
    return is_of_a_record(error) and not isinstance(error, asyncpg.PostgresError)


def failure(error: Exception) -> Fault:
    """The fault of a record at which our code failed: the type and place, never the text."""
    if isinstance(error, asyncpg.PostgresError):
        return fault("storage_refused")
    return fault("judge_failed", expected=named(error))


def named(error: Exception) -> str:
    """An exception by its type and innermost place, never its text, which may quote a record."""
    (place,) = places(error, 1) or ("",)
    return f"{type(error).__qualname__} at {place}"
