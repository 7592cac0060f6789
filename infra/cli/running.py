"""Running services: the three consumers, and the pages."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn
import uvloop

from api.app import create_app
from consumers.intake import run_intake
from consumers.projector import run_projector
from consumers.relay import run_relay
from infra.settings import settings

app = typer.Typer(no_args_is_help=True, add_completion=False)
LOOPBACK = "127.0.0.1"


@app.command()
def intake() -> None:
    """从 Kafka 接收主题记入账本 / intake topics → ledger."""
    uvloop.run(run_intake(settings()))


@app.command()
def relay() -> None:
    """从账本发布到 Kafka 账本主题 / ledger → ledger topic."""
    uvloop.run(run_relay(settings()))


@app.command()
def projector() -> None:
    """从 Kafka 账本主题投影到读模型 / ledger topic → read models."""
    uvloop.run(run_projector(settings()))


@app.command()
def api(
    host: Annotated[str, typer.Option(help="监听地址 / address")] = LOOPBACK,
    port: Annotated[int, typer.Option(help="端口 / port")] = 8000,
    auditor: Annotated[
        bool, typer.Option("--auditor", help="审计视图: 记录级与任意时点,仅限本机 / loopback only")
    ] = False,
) -> None:
    """公开页面与 JSON / pages and JSON."""
    serve(host, port, auditor=auditor)


def serve(host: str, port: int, *, auditor: bool) -> None:
    """Serve the pages until interrupted. The auditor's view listens on this machine only."""
    if auditor and host not in (LOOPBACK, "::1", "localhost"):
        raise typer.BadParameter("审计视图只能监听本机地址 127.0.0.1", param_hint="--host")
    uvicorn.run(create_app(settings(), auditor=auditor), host=host, port=port, log_level="warning")
