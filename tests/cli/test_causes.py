"""What goes wrong is told in one line, by its true cause, and in the house's two languages."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from cli.run import LOOPBACK, listening
from infra.kafka.local import free_port
from tests.cli.conftest import Command

pytestmark = pytest.mark.empty


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    "arguments", [("demo",), ("run", "api"), ("run", "api", "--auditor")], ids=" ".join
)
def test_a_port_in_use_is_told_before_any_work(
    command: Command, taken: int, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments, "--port", str(taken))
    assert (done.code, done.out) == (2, "")
    assert f"{LOOPBACK}:{taken}：端口被占用" in done.err
    assert not (tmp_path / "home").exists()


def test_a_port_that_is_free_again_can_be_taken_at_once() -> None:
    with listening(LOOPBACK, 0) as first:
        port = first.getsockname()[1]
    with listening(LOOPBACK, port) as second:
        assert second.getsockname()[1] == port


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "annual", "-o", "{home}/no/r.html"), "{home}/no：没有这个文件或目录"),
        (("report", "annual", "-o", "{home}"), "{home}：是目录"),
        (("sample", "-o", "{home}/no/year.jsonl"), "{home}/no：没有这个文件或目录"),
        (("keys", "export", "{home}/no/keys"), "{home}/no：没有这个文件或目录"),
        (("ingest", "{home}/no.jsonl"), "no.jsonl' does not exist"),
        (("ingest",), "缺少参数 / Missing argument 'FILE...'"),
        (("figures", "--perod", "2024"), "没有这个选项 / No such option: --perod"),
        (("figures", "--at", "x"), "参数的值不对 / Invalid value for '--at'"),
        (("figures", "--ledger", "\udcff"), "参数不是 UTF-8 文本"),
        (("ingest", "\udcff.jsonl"), "参数不是 UTF-8 文本"),
        (("parked", "show", "9" * 20), "参数的值不对 / Invalid value for 'N'"),
        (("quarantine", "discard", "9" * 20, "--by", "a", "--why", "b"), "Invalid value for '[N]'"),
        (("journal", "--last", "9" * 20), "Invalid value for '--last'"),
        (("offsets", "skip", "a/0", "9" * 20, "--by", "a", "--why", "b"), "value for 'OFFSET'"),
        (("offsets", "skip", f"a/{'9' * 20}", "5", "--by", "a", "--why", "b"), "分区写作 TOPIC/N"),
        (("contracts", "example", "case-taken-over"), "cn.mingjian.assistance.case-taken-over.v1"),
        (("contracts", "example", "payment_setled"), "cn.mingjian.assistance.payment-settled.v1"),
        (("run", "intake"), "未设 MINGJIAN_KAFKA"),
        (("reconcile",), "未设 MINGJIAN_KAFKA"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else None,
)
def test_what_cannot_be_done_is_refused_by_its_cause(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = command(*(argument.format(home=tmp_path) for argument in arguments))
    assert (done.code, done.out) == (2, "")
    assert said.format(home=tmp_path) in done.err.replace("\n", "")
    assert done.err.count("✗") == 1
    assert "Traceback" not in done.err
    assert "MINGJIAN_DATABASE_URL" not in done.err


def test_a_terminal_that_cannot_show_a_mark_is_no_error(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = TextIOWrapper(BytesIO(), encoding="gbk", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert command("doctor").code == 0
    shown = terminal.buffer.getvalue().decode("gbk")
    assert "\\u2713" in shown
    assert "错误" in shown


def test_a_setting_that_is_wrong_is_named(command: Command) -> None:
    done = command("figures", metrics_port="many")
    assert done.code == 2
    assert "MINGJIAN_METRICS_PORT" in done.err


def test_a_database_that_is_not_there_is_named_without_its_password(command: Command) -> None:
    port = free_port()
    done = command("figures", database_url=f"postgresql://clerk:s3cret@{LOOPBACK}:{port}/mingjian")
    assert done.code == 3
    assert f"连接不上 PostgreSQL（{LOOPBACK}:{port}/mingjian）：没有在那里运行" in done.err
    assert "s3cret" not in done.err
    assert "Kafka" not in done.err


def test_a_database_of_another_name_or_form_of_address(command: Command, server_url: str) -> None:
    for url, said in (
        (server_url.replace("/postgres?", "/no_such?"), "没有这个数据库"),
        ("mingjian", "invalid DSN"),
    ):
        done = command("figures", database_url=url)
        assert done.code == 3
        assert said in done.err


def test_a_broker_that_is_not_there_is_named(command: Command, database_url: str) -> None:
    assert command("ledger", "create", database_url=database_url).code == 0
    broker = f"{LOOPBACK}:{free_port()}"
    done = command("reconcile", database_url=database_url, kafka=broker)
    assert done.code == 3
    assert f"连接不上 Kafka（{broker}）" in done.err
    assert "PostgreSQL" not in done.err
