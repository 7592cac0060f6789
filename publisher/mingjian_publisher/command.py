"""`mingjian-publish`: send, receipts, lint, conformance, types."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from mingjian_publisher import conformance, report, types
from mingjian_publisher.events import Event, name_of, read_lines
from mingjian_publisher.gateway import Gateway, Refused, Unreachable
from mingjian_publisher.lint import Contracts
from mingjian_publisher.outbox import Outbox, Sender, deliver

if TYPE_CHECKING:
    from mingjian_publisher.kafka import Topic

LONGEST_WAIT = 20.0
"""So many seconds receipts are waited for, before it is sent again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if all is well, 1 if something is to be mended, 2 if nothing was reached."""
    parser = argparse.ArgumentParser(prog="mingjian-publish", description=main.__doc__)
    commands = parser.add_subparsers(required=True)
    send = commands.add_parser("send", help="发送 JSON Lines 文件 / send a JSON Lines file")
    send.add_argument("file", type=Path)
    send.add_argument("--outbox", type=Path, default=Path("outbox.sqlite"))
    send.add_argument("--url", help="网关地址 / address of the gateway")
    send.add_argument(
        "--kafka",
        help="bootstrap servers; TLS: MINGJIAN_KAFKA_USER, _PASSWORD_FILE, _CA_FILE (环境变量)",
    )
    send.add_argument("--source", help="主题所属来源（--kafka） / whose topic, with --kafka")
    send.add_argument(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="没有答复的，再试多少秒，默认 60；未答复的留在待发箱 / without any answer it is tried"
        " again for so many seconds, then left in the outbox (default: %(default)g)",
    )
    send.set_defaults(run=_send)
    read = commands.add_parser("receipts", help="打印全部回执，每行一条 / print all receipts")
    read.add_argument("--kafka", required=True, help="bootstrap servers")
    read.add_argument("--source", required=True, help="主题所属来源 / whose topic")
    read.set_defaults(run=_receipts)
    lint = commands.add_parser("lint", help="按合同检查 / check against contracts")
    lint.add_argument("file", type=Path)
    lint.add_argument("--contracts", type=Path, required=True)
    lint.set_defaults(run=_lint)
    pack = commands.add_parser("conformance", help="运行自测包 / run a conformance pack")
    pack.add_argument("file", type=Path)
    pack.add_argument("--url", required=True, help="网关地址 / address of the gateway")
    pack.set_defaults(run=_conformance)
    made = commands.add_parser("types", help="由合同生成 Python 类型 / contracts as Python types")
    made.add_argument("contracts", type=Path)
    made.add_argument("-o", "--output", type=Path, required=True)
    made.set_defaults(run=_types)
    given = parser.parse_args(arguments)
    try:
        code: int = given.run(given)
    except (Unreachable, Refused, FileNotFoundError, ValueError) as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201 - a command prints
        return 2
    return code


def _events(path: Path) -> list[Event]:
    with path.open(encoding="utf-8") as file:
        return list(read_lines(file))


def _send(given: argparse.Namespace) -> int:
    events = _events(given.file)
    with Outbox(given.outbox) as outbox:
        outbox.put(events)
        before = {sent.name for sent in outbox.refused()}
        try:
            with _sender(given) as sender:
                deliver(outbox, sender, patience=given.patience)
        finally:
            told = outbox.told(map(name_of, events))
            for line in report.lines(told.values(), outbox.counts()):
                print(line)  # noqa: T201
        # Of an earlier file, and refused only now: it is told here or nowhere.
        late = [sent for sent in outbox.refused() if sent.name not in {*before, *told}]
    for line in (line for sent in late for line in report.of_event(sent)):
        print(line)  # noqa: T201
    refused = any(sent.outcome == "quarantined" for sent in told.values())
    return 1 if refused or late else 0


def _sender(given: argparse.Namespace) -> AbstractContextManager[Sender]:
    if given.url:
        return Gateway(given.url, os.environ.get("MINGJIAN_KEY"))
    if given.kafka and given.source:
        return nullcontext(_topic(given, min(LONGEST_WAIT, max(given.patience, 1.0))))
    raise ValueError("--url, or --kafka with --source")


def _topic(given: argparse.Namespace, wait: float = LONGEST_WAIT) -> Topic:
    from mingjian_publisher.kafka import Topic, secured  # noqa: PLC0415 - an extra

    # What it says of a broker that is away, or has no such topic, is said once, by ourselves.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    user, security = os.environ.get("MINGJIAN_KAFKA_USER"), None
    if user:
        security = secured(user, _password(), os.environ.get("MINGJIAN_KAFKA_CA_FILE") or None)
    prefix = os.environ.get("MINGJIAN_KAFKA_PREFIX") or "mingjian"
    return Topic(given.kafka, given.source, prefix=prefix, wait=wait, security=security)


def _password() -> str:
    """Of the user of Kafka; of a file it is the first line."""
    if file := os.environ.get("MINGJIAN_KAFKA_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").partition("\n")[0].strip()
    if password := os.environ.get("MINGJIAN_KAFKA_PASSWORD"):
        return password
    raise ValueError("MINGJIAN_KAFKA_USER: 还须设 / set MINGJIAN_KAFKA_PASSWORD_FILE, too")


def _receipts(given: argparse.Namespace) -> int:
    _topic(given).receipts(print)
    return 0


def _lint(given: argparse.Namespace) -> int:
    contracts, wrong = Contracts(given.contracts), 0
    for number, told in enumerate(_events(given.file), start=1):
        for fault in contracts.faults(told):
            wrong += 1
            where = f"{number} {name_of(told)} {fault.pointer}"
            print(f"{where}: {fault.message}")  # noqa: T201
    return 1 if wrong else 0


def _conformance(given: argparse.Namespace) -> int:
    with Gateway(given.url, os.environ.get("MINGJIAN_KEY")) as gateway:
        cases = list(conformance.run(given.file, gateway))
    wrong = [(name, why) for name, why in cases if why]
    for name, why in wrong:
        print(f"✗ {name}: {why}")  # noqa: T201
    print(f"通过 {len(cases) - len(wrong)} / {len(cases)}")  # noqa: T201
    return 1 if wrong else 0


def _types(given: argparse.Namespace) -> int:
    given.output.write_text(types.module(given.contracts), encoding="utf-8")
    return 0
