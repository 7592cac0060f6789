"""What all commands share: the terminal, progress, the ledger's name, running a coroutine."""

from __future__ import annotations

import errno
import gc
import json
import logging
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
import uvloop
from rich.console import Console, RenderableType
from rich.highlighter import Highlighter
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from infra import bureaus, postgres
from infra import logging as logs
from infra.roles import Role
from infra.settings import Settings, settings
from infra.visible import visible
from ledger import migration, secret, store
from projections import opening
from projections.read_model import VERSION
from projections.snapshot import old_notice, serving

T = TypeVar("T")
ANY_WIDTH = 100_000
"""Columns of a file: a line is as long as what stands in it."""
_PADDING = re.compile(r" +(?=\n)")
LINE_SECONDS = 5.0
NO_KAFKA = "未设 MINGJIAN_KAFKA：写明 Kafka 的 host:port / set MINGJIAN_KAFKA to host:port"
MOST = 2**63 - 1
"""No number in the database is greater."""
LOOK = "!"
"""The mark of what somebody should look at."""

LedgerOption = Annotated[
    str,
    typer.Option(
        "--ledger",
        metavar="DIVISION",
        callback=lambda name: our_ledger() if name == OURS else name,
        show_default=False,
        help="账本（区划代码），默认本单位的 / ledger; default: the bureau's own",
    ),
]
OURS = "ours"
"""In place of a ledger's name: the one that the settings name."""
ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="经办人 / who does it")]
WhyOption = Annotated[str, typer.Option("--why", metavar="REASON", help="事由 / why")]
MaybeByOption = Annotated[
    str | None, typer.Option("--by", metavar="WHO", help="经办人 / who does it")
]
"""Of a command that does not always do what needs a name and a reason."""
MaybeWhyOption = Annotated[str | None, typer.Option("--why", metavar="REASON", help="事由 / why")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


class _Marks(Highlighter):
    """The colour of the mark that a line begins with."""

    def highlight(self, text: Text) -> None:
        for mark, colour in (("✓", "green"), (LOOK, "yellow"), ("✗", "red")):
            text.highlight_regex(rf"^ *{mark}(?= )", colour)


class _Paper(Console):
    """Shows every text as it is: nothing in it is markup, and nothing moves the cursor."""

    def render_str(self, text: str, **options: Any) -> Text:
        """As the library calls it for whatever it prints, also for the cells of tables."""
        options |= {"markup": False, "emoji": False}
        return super().render_str(visible(text, lines=True), **options)

    def _render_buffer(self, buffer: Iterable[Segment]) -> str:
        """What is written; the library fills every cell of a table up to the widest one."""
        written = super()._render_buffer(buffer)
        return written if self.is_terminal else _PADDING.sub("", written)


def _paper(*, stderr: bool = False) -> Console:
    """A terminal folds what is too long for it; a file or a pipe gets whole lines."""
    paper = _Paper(stderr=stderr, highlighter=_Marks())
    if not paper.is_terminal:
        paper.width = ANY_WIDTH
    return paper


out = _paper()
"""Results: standard output."""
console = _paper(stderr=True)
"""For people: what goes on meanwhile, and what went wrong."""


def our_ledger() -> str:
    """The ledger that is meant where none is named. Raises OSError, FolderWrong."""
    return bureaus.ledger_of(settings())


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; what is alive by now need not be looked at by the collector."""
    gc.freeze()
    return uvloop.run(work)


@asynccontextmanager
async def database(
    ledger: str | None = None, *, told: bool = True, create: bool = False, proven: bool = True
) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of this program's form; the embedded one is brought to it.

    Nothing is made for a command that only `create` makes: no server, no ledger of that name.
    `told` says whether people hear that older read models serve. A secret that is given is that of
    the ledger (`proven`: who needs none may do without, and `verify` finds that out by itself).
    Raises NoDatabase, Unreachable, Unfit, LedgerMissing, WrongSecret.
    """
    given = settings()
    if not create:
        require_database(given)
    if given.embedded:
        await bring_to_form(given)
    async with connected(given) as connection:
        if not await migration.is_empty(connection):
            if given.embedded:
                await opening.prepare(connection)
                await opening.adopt_ours(connection, given)
            else:
                await migration.require(connection)
            version = await serving(connection)
            if told and version not in (None, VERSION):
                console.print(f"! {old_notice(version)}")
        if ledger is not None and not (
            await store.exists(connection) and await store.find_ledger(connection, ledger)
        ):
            raise store.LedgerMissing(ledger)
        if ledger is not None and proven and not given.sample:
            await secret.sealer(connection, given.secret, ledger)
        yield connection


def require_database(given: Settings) -> None:
    """Raise NoDatabase where there is no embedded database yet, and no other one is named."""
    if given.embedded and not (given.home / "postgres" / "PG_VERSION").exists():
        raise NoDatabase(given.home)


async def bring_to_form(given: Settings) -> None:
    """Have the embedded database the form and the roles of this program; raises Unfit.

    That alone is done as its superuser, and only where something is to be done.
    """
    try:
        async with connected(given) as connection:
            if not await migration.is_due(connection):
                return
    except Unreachable as error:  # the roles are made now
        if not isinstance(error.__cause__, asyncpg.InvalidAuthorizationSpecificationError):
            raise
    async with connected(given, None) as connection:
        empty = await migration.is_empty(connection)
        for step in await migration.migrate(connection, login=True):
            if not empty:
                console.print(f"数据库已升级 / database upgraded: {step.name}")


@asynccontextmanager
async def connected(
    given: Settings, role: Role | None = Role.OPERATOR
) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the database as it is; raises Unreachable. `role` is of the embedded one."""
    async with AsyncExitStack() as stack:
        try:
            url = postgres.database_url(given, role)
            connection = await stack.enter_async_context(postgres.connect(url))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise Unreachable(given, error) from error
        yield connection


class NoDatabase(LookupError):
    """There is no database where the settings say."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home.absolute()} 中没有数据库：先执行 mingjian ledger create，示例用 mingjian demo；"
            "在别处则设 MINGJIAN_HOME 或 MINGJIAN_DATABASE_URL"
            " / no database here: mingjian ledger create or mingjian demo, or say where it is"
        )


class Unreachable(Exception):
    """PostgreSQL does not let us in; the message says where, and why."""

    def __init__(self, given: Settings, error: Exception) -> None:
        where = "内置 / embedded"
        if given.database_url is not None:  # without user and password
            where = given.database_url.rpartition("@")[2].partition("?")[0]
        super().__init__(
            f"连接不上 PostgreSQL（{where}）：{cause(error)}"
            " / PostgreSQL cannot be reached; see MINGJIAN_DATABASE_URL"
        )


CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (ConnectionRefusedError, "没有在那里运行 / nothing listens there"),
    (socket.gaierror, "没有这台主机 / no such host"),
    (TimeoutError, "没有回答 / no answer in time"),
    (asyncpg.InvalidPasswordError, "用户或密码不对 / user or password"),
    (asyncpg.InvalidAuthorizationSpecificationError, "不接受这个用户 / user not admitted"),
    (asyncpg.InvalidCatalogNameError, "没有这个数据库 / no such database"),
    (asyncpg.CannotConnectNowError, "正在启动或停止 / starting or stopping"),
    (asyncpg.TooManyConnectionsError, "连接数已满 / too many connections"),
    (FileNotFoundError, "没有这个文件或目录 / no such file or directory"),
    (PermissionError, "没有权限 / permission denied"),
    (IsADirectoryError, "是目录 / is a directory"),
    (NotADirectoryError, "路径中有一段不是目录 / not a directory"),
    (FileExistsError, "已经存在 / exists"),
)
"""What went wrong, in words; the first that fits."""


def writable(path: Path) -> Path:
    """A file that a command is to write, before it does the work; raises OSError."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(path.parent))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, "", str(path))
    return path


def cause(error: Exception) -> str:
    """Why something failed, as people say it."""
    for kind, words in CAUSES:
        if isinstance(error, kind):
            return words
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def with_kafka() -> Settings:
    """The settings, for a command that cannot work without a broker."""
    given = settings()
    if given.kafka is None:
        raise refuse(NO_KAFKA)
    logs.configure(given, level=logging.CRITICAL)
    return given


def refuse(error: object) -> typer.Exit:
    """Say why a command cannot do what it was asked; to be raised, exit code 2."""
    console.print(f"✗ {error}")
    return typer.Exit(2)


def say(text: str) -> None:
    """A line, or lines, on standard output, with nothing in it that cannot be seen."""
    typer.echo(visible(text, lines=True))


def print_json(answer: Any) -> None:
    """An answer for machines."""
    say(json.dumps(answer, ensure_ascii=False, default=str, indent=1))


class _Listed(Table):
    """A table in which no cell can look like a row: line ends in it are written out."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        shown = (visible(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*shown, **options)


def columns(*names: str, right: tuple[str, ...] = (), title: str | None = None) -> Table:
    """An empty table whose cells are folded where a terminal is narrow, and never cut."""
    table = _Listed(title=title, box=None, pad_edge=False)
    for name in names:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def print_facts(title: str, facts: Mapping[str, str]) -> None:
    """Names and texts, one below the other."""
    out.print(title, style="bold")
    grid = _Listed.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in facts.items():
        grid.add_row(name, text)
    out.print(grid)


def so_far(task: Task) -> str:
    """How much of a task is done, how fast, and how long it will take."""
    unit = task.fields.get("unit", "")
    rate = task.completed / max(task.elapsed or 0.0, 1e-6)
    done = f"{task.completed:,.0f}"
    if task.total is None:
        return f"{done} {unit}，{rate:,.0f}/s"
    share = task.completed / task.total if task.total else 1
    left = timedelta(seconds=round((task.total - task.completed) / rate)) if rate else "—"
    return f"{done} / {task.total:,.0f} {unit} {share:.0%}，{rate:,.0f}/s，剩余 left {left}"


class _SoFar(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(so_far(task))


class Bars(Progress):
    """Work under way: bars on a terminal; elsewhere a line now and then, and one at the end."""

    def __init__(self) -> None:
        super().__init__(
            *(TextColumn("{task.description:<12}"), BarColumn(), _SoFar()),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._told = time.monotonic()
        self._ended: set[TaskID] = set()

    def counting(self, what: str, unit: str, total: float | None = None) -> Callable[[float], None]:
        """A new bar; the function adds to it. What it counts to may grow meanwhile."""
        task = self.add_task(what, total=total, unit=unit)

        def advance(count: float) -> None:
            self.advance(task, count)
            now = self._tasks[task]
            if now.total is not None and now.completed > now.total:
                self.update(task, total=now.completed)
            self._tell(task)

        return advance

    def following(self, what: str, unit: str) -> Callable[[float, float], None]:
        """A new bar; the function says how much of how much is done."""
        task = self.add_task(what, total=None, unit=unit)

        def follow(done: float, total: float) -> None:
            self.update(task, completed=done, total=total)
            self._tell(task)

        return follow

    def stop(self) -> None:
        """Take the bars away, or say how far what had no end came."""
        super().stop()
        for task in self.task_ids:
            self._tell(task, ended=True)

    def _tell(self, task: TaskID, *, ended: bool = False) -> None:
        if console.is_terminal or task in self._ended:
            return
        now = time.monotonic()
        if ended:
            self._ended.add(task)
        elif now - self._told < LINE_SECONDS:
            return
        self._told = now
        state = self._tasks[task]
        # Never broken in two: it may stand in a log.
        console.print(f"{state.description} {so_far(state)}", soft_wrap=True)


def progress() -> Bars:
    """Progress of the work within."""
    return Bars()
