"""How a command ends that could not do what it was asked: an exit code, and one line that says why.

Imported where a command has failed: it knows the exceptions of all rooms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from typer import Abort, TyperException

from cli.console import NoDatabase, Unreachable, cause
from cli.contracts import NoSuchEventType
from cli.outcome import NothingCame
from cli.receipts import CannotResend
from domain.bureau.reading import FolderWrong
from domain.standing import Wider
from infra.alarm import Alarm
from infra.jars import NotFetchedError, ToolMissingError
from infra.kafka.bootstrap import Bootstrap, NotLetIn, Unsecured
from infra.kafka.local import KafkaFailedError
from infra.kafka.refusals import FORBIDDEN, NotAuthorised, named
from infra.settings import Settings, settings
from ledger.access import TooYoung
from ledger.adopting import CannotAdopt
from ledger.aside import BytesLacking, NoSuchNumber
from ledger.forgetting import CannotForget
from ledger.journal import Unsaid
from ledger.migration import Unfit
from ledger.offsets import NoSuchPartition
from ledger.register import CannotRegister
from ledger.release import CannotRelease
from ledger.restraints import CannotRestrain, Restricted
from ledger.seal import WrongSecret
from ledger.secret import WeakSecret
from ledger.source_keys import NoSuchKey, NoSuchSource, TooManyKeys
from ledger.store import LedgerMissing, LedgerRestoring
from ledger.told import CursorWrong
from ledger.users import CannotAdmit
from projections.opening import NoDivision
from reports.moment import Unanswerable
from upkeep.leaving_out import NotHalted
from upkeep.rotation import CannotRotate

REFUSALS = (
    BytesLacking,
    CannotAdmit,
    CannotAdopt,
    CannotForget,
    CannotRegister,
    CannotRelease,
    CannotResend,
    CannotRestrain,
    CannotRotate,
    CursorWrong,
    FolderWrong,
    LedgerMissing,
    NoDatabase,
    NoDivision,
    NoSuchEventType,
    NoSuchKey,
    NoSuchNumber,
    NoSuchPartition,
    NoSuchSource,
    NotHalted,
    NothingCame,
    Restricted,
    TooManyKeys,
    TooYoung,
    Unanswerable,
    Unsaid,
    WeakSecret,
    Wider,
    WrongSecret,
)
"""What a command could not do as asked; the message says what to do."""
NOT_YET = (Unfit, LedgerRestoring)
"""Alarms that say: upgrade, or finish the restore, and try again."""


def _named(alarm: Exception) -> str:
    return f"{type(alarm).__name__}: {alarm}"


ENDINGS: tuple[tuple[Any, int, Callable[[Any], str]], ...] = (
    (REFUSALS, 2, str),
    (NOT_YET, 2, _named),
    (Unsecured, 2, str),
    (NotAuthorised, 2, str),
    (NotLetIn, 3, str),
    (
        FORBIDDEN,
        2,
        lambda error: str(
            NotAuthorised(Bootstrap.of(settings()).principal, "Read", named(error, "?"))
        ),
    ),
    (Alarm, 1, _named),
    (Abort, 1, lambda _: "已取消 / aborted"),
    (
        asyncpg.InsufficientPrivilegeError,
        2,
        lambda error: f"数据库用户没有这项权限 / the database user may not do this: {error}",
    ),
    ((ToolMissingError, NotFetchedError, KafkaFailedError), 3, lambda error: f"Kafka: {error}"),
    (
        KafkaError,
        3,
        lambda error: (
            f"连接不上 Kafka（{settings().kafka}）：{error}"
            " / Kafka cannot be reached; see MINGJIAN_KAFKA"
        ),
    ),
    ((Unreachable, asyncpg.PostgresConnectionError), 3, str),
)
"""Exceptions that are no fault of the program: exit code and what is said; the first that fits."""


def ending(error: Exception) -> tuple[str, int] | None:
    """What is said, and the exit code; None of a fault of the program, or of how it was called."""
    if isinstance(error, ValidationError):
        return _wrong_setting(error) if error.title == Settings.__name__ else None
    for kind, code, said in ENDINGS:
        if isinstance(error, kind):
            return said(error), code
    if isinstance(error, OSError) and not isinstance(error, TyperException):
        if error.filename is None:
            return f"没有成功：{cause(error)} / failed", 3
        return f"{error.filename}：{cause(error)}", 2
    return None


def _wrong_setting(error: ValidationError) -> tuple[str, int]:
    wrong = error.errors()[0]
    if not wrong["loc"]:  # of several settings together
        return wrong["msg"].removeprefix("Value error, "), 2
    name = f"MINGJIAN_{wrong['loc'][0]}".upper()
    return f"环境变量 {name} 的值不对 / {name}: {wrong['msg']}", 2
