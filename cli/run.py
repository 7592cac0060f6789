"""`mingjian run`: the three consumers, and the pages."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.console import OURS, LedgerOption, refuse, say
from infra import logging as logs
from infra import postgres
from infra.settings import Settings, settings
from ledger import journal, mighty, migration, secret, source_keys, users
from ledger.seal import Sealer
from ledger.store import LedgerMissing, find_ledger

if TYPE_CHECKING:
    from infra.http import Server

FOR = "operator"

run = typer.Typer(no_args_is_help=True, add_completion=False, help="运行服务 / run a service")
LOOPBACK = "127.0.0.1"
LOOPBACK_ADDRESSES = (LOOPBACK, "::1", "localhost")
STREAM_SECONDS = 3_600.0

Service = Callable[[Settings, str, Callable[[], None]], Coroutine[Any, Any, None]]

PortOption = Annotated[int, typer.Option(min=0, max=65_535, help="端口 / port")]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65_535,
        help="/metrics、/healthz、/readyz 的端口 / port of these (MINGJIAN_METRICS_PORT)",
    ),
]


def given(metrics_port: int | None) -> Settings:
    """The settings, with what the command line says."""
    if metrics_port is None:
        return settings()
    return settings().model_copy(update={"metrics_port": metrics_port})


def on_kafka(metrics_port: int | None) -> Settings:
    """The settings of a service, which has a broker and a database."""
    made = given(metrics_port)
    if made.kafka is None:
        raise refuse(console.NO_KAFKA)
    console.require_database(made)
    if made.embedded:
        console.run(console.bring_to_form(made))
    return made


def _on_kafka(service: Service, name: str, ledger: str, metrics_port: int | None) -> None:
    """Run a service, and say when it is ready."""
    made = on_kafka(metrics_port)
    ready = f"{name}：账本 {ledger} 已就绪 / ready（Kafka {made.kafka}）"
    console.run(service(made, ledger, lambda: say(ready)))


@run.command()
def intake(ledger: LedgerOption = OURS, metrics_port: MetricsPort = None) -> None:
    """从 Kafka 接收主题记入账本 / intake topics → ledger."""
    from consumers.intake import run_intake  # noqa: PLC0415  what the pages do without

    _on_kafka(run_intake, "接收 / intake", ledger, metrics_port)


@run.command()
def relay(ledger: LedgerOption = OURS, metrics_port: MetricsPort = None) -> None:
    """从账本发布到 Kafka 账本主题 / ledger → ledger topic."""
    from consumers.relay import run_relay  # noqa: PLC0415  what the pages do without

    _on_kafka(run_relay, "发布 / relay", ledger, metrics_port)


@run.command()
def projector(ledger: LedgerOption = OURS, metrics_port: MetricsPort = None) -> None:
    """从 Kafka 账本主题投影到读模型 / ledger topic → read models."""
    from consumers.projector import run_projector  # noqa: PLC0415  what the pages do without

    _on_kafka(run_projector, "投影 / projector", ledger, metrics_port)


@run.command()
def api(
    host: Annotated[str, typer.Option(help="监听地址 / address")] = LOOPBACK,
    port: PortOption = 8000,
    auditor: Annotated[
        bool, typer.Option("--auditor", help="内部页面：登录后按角色查看记录 / the inside view")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="WHO", help="谁以启动时的链接查阅 / whose the link is"),
    ] = None,
    metrics_port: MetricsPort = None,
) -> None:
    """公开页面与 JSON / pages and JSON."""
    serve(host, port, auditor=auditor, by=by, metrics_port=metrics_port)


@run.command()
def gateway(
    host: Annotated[str, typer.Option(help="监听地址 / address")] = LOOPBACK,
    port: PortOption = 8010,
    metrics_port: MetricsPort = None,
) -> None:
    """以 HTTP 接收事件、答复结果 / events over HTTP, and what became of them.

    没有签发过来源密钥的，只在本机监听 / until a key of a source is issued, on this machine only.
    """
    taken = listening(host, port)
    made = given(metrics_port)
    with _starting(made):
        from api.gateway.app import create_gateway  # noqa: PLC0415  while the server starts
        from infra.http import Limits, Server  # noqa: PLC0415  while the server starts

    keyless = made.oidc_issuer is None and console.run(_keyless())
    if keyless and host not in LOOPBACK_ADDRESSES:
        taken.close()
        raise refuse(
            f"尚未签发来源密钥，不能监听 {host}：先执行 mingjian source key new SOURCE --by --why"
            " / no key of a source was issued yet: without one it listens on 127.0.0.1 only"
        )
    logs.configure(made)
    address = f"http://{host}:{taken.getsockname()[1]}"
    say(
        f"接收网关 / gateway: {address}/events"
        + ("（尚无密钥，仅限本机 / no key yet: this machine only）" if keyless else "")
    )
    failed: list[BaseException] = []

    def on_failure(error: BaseException) -> None:
        failed.append(error)
        server.should_exit = True

    try:
        app = create_gateway(made, on_failure)
    except ValueError as error:
        raise refuse(f"MINGJIAN_OIDC_ISSUER：{error}") from None
    # Bodies are timed by the gateway itself: a stream may last, if it keeps up a pace.
    limits = Limits(clients=made.clients, body_seconds=STREAM_SECONDS)
    server = Server(app, limits, log_config=None)
    _serve(server, taken)
    if failed:
        raise failed[0]


async def _keyless() -> bool:
    """Whether no key was ever issued; raises Unfit, and LedgerMissing where there is no ledger."""
    name = console.our_ledger()
    async with console.database(name) as connection:
        await mighty.refuse(connection)
        sealer = await secret.sealer(connection, settings().secret, name)
        return not await source_keys.read(connection, sealer, name)


@contextmanager
def _starting(given: Settings) -> Iterator[None]:
    """Start the embedded server beside what is done meanwhile; who asks it next says what failed.

    Nothing is begun where there is no server yet.
    """
    console.require_database(given)
    start = threading.Thread(target=_start, args=(given,))
    start.start()
    try:
        yield
    finally:
        start.join()


def _start(given: Settings) -> None:
    with suppress(Exception):
        postgres.database_url(given, None)


async def _fit() -> None:
    """Before the pages start; raises Unfit, and LedgerMissing where there is nothing to show."""
    async with console.database() as connection:
        await mighty.refuse(connection)
        if await migration.is_empty(connection):
            raise LedgerMissing(console.our_ledger())
        name, given = console.our_ledger(), settings()
        if not given.sample and await find_ledger(connection, name) is not None:
            await secret.sealer(connection, given.secret, name)


def listening(host: str, port: int) -> socket.socket:
    """An address taken before the work that it is for, so that nothing is done in vain."""
    taken: socket.socket | None = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        if taken is not None:
            taken.close()
        why = str(error.strerror or error)
        if error.errno == errno.EADDRINUSE:
            why = "端口被占用：换一个 --port，或停下占用它的程序 / in use: give another --port"
        raise refuse(f"不能监听 {host}:{port}：{why}") from error
    return taken


def _end(*_: object) -> None:
    """Told to stop, the pages have done what they were asked to do."""
    raise SystemExit(0)


def serve(
    host: str,
    port: int,
    *,
    auditor: bool,
    by: str | None = None,
    metrics_port: int | None = None,
    taken: socket.socket | None = None,
) -> None:
    """Serve the pages until told to stop.

    The inside view listens on this machine only, unless the settings say through which proxy it is
    reached, and there are users. The token of a start is shown here and nowhere else.
    """
    made = given(metrics_port)
    if by is not None:
        journal.said(by, "查阅")
    if auditor and made.inside_url is None and host not in LOOPBACK_ADDRESSES:
        raise typer.BadParameter(
            "内部页面只监听本机 127.0.0.1；经 HTTPS 代理提供的，先设 MINGJIAN_INSIDE_URL 和"
            " MINGJIAN_TRUSTED_PROXIES / without these the inside view is on 127.0.0.1 only",
            param_hint="--host",
        )
    told = taken is not None  # by whoever took the address
    taken = taken or listening(host, port)
    with _starting(made):
        # Imported here: a fifth of the time every other command takes to start.
        from api.app import create_app  # noqa: PLC0415  while the server starts
        from infra.http import Limits, Server  # noqa: PLC0415  while the server starts

    console.run(_fit())
    if auditor and made.inside_url is not None and not console.run(_signing_in()):
        taken.close()
        raise refuse(
            "还没有用户：先设立安全管理员，mingjian user add NAME --role security-administrator"
            " / no user yet: mingjian user add"
        )
    logs.configure(made)
    app = create_app(made, auditor=auditor, by=by)
    if auditor:
        gate = app.state.gate
        if gate.local:
            link = gate.link(host, taken.getsockname()[1])
            say(f"内部页面（链接一次有效）/ inside view (link works once): {link}")
            say(f"凭据 / token: {gate.token}")
        else:
            say(f"内部页面 / inside view: {gate.url}")
        if not made.embedded and made.desk_database_url is None:
            say(
                "没有设 MINGJIAN_DESK_DATABASE_URL，只能查阅 / nothing can be done there, only read"
            )
    elif not told:
        say(f"公开页面 / pages: http://{host}:{taken.getsockname()[1]}/")
    # The inside view judges itself whom it is told of by which proxy.
    limits = Limits(clients=made.clients)
    _serve(Server(app, limits, log_config=None, proxy_headers=not auditor), taken)


async def _signing_in() -> bool:
    """Whether anybody may sign in."""
    name = console.our_ledger()
    async with console.database(name) as connection:
        known = await users.read(connection, Sealer(settings().secret, name), name)
        return bool(users.standing(known))


def _serve(server: Server, taken: socket.socket) -> None:
    """Serve until told to stop, and then until what was begun is done."""
    # uvicorn stops gracefully, and then raises the signal anew.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, _end)
    server.run(sockets=[taken])
    if not server.started:
        raise typer.Exit(3)
