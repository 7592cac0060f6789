"""`mingjian withhold`: the text comes by standard input, and is repeated nowhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import asyncpg
import pytest

from tests.cli.conftest import Command
from tests.support import databases
from tests.support.ledger import Bench
from tests.support.placename import a_proposal

WHO = ("--by", "李明", "--why", "名称中有当事人姓名")


async def _named(connection: asyncpg.Connection) -> None:
    await (await Bench.open(connection)).tell(a_proposal("示例王梅路", "03-01"))


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "withheld_commanded", _named) as made:
        yield made


def test_a_text_is_withheld_listed_and_shown_again(
    command: Command, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))

    typed("王梅")
    short = command("withhold", "text", *WHO, "--yes", database_url=url)
    assert (short.code, "上下文" in short.err) == (2, True)
    typed("没有这段文字", "前没有这段文字后")
    absent = command("withhold", "text", *WHO, "--yes", database_url=url)
    assert (absent.code, "没有这段文字" in absent.err) == (2, True)

    typed("王梅", "示例王梅路")
    done = command("withhold", "text", *WHO, "--yes", database_url=url)
    assert done.code == 0, done.err
    assert "【涉及个人隐私，已隐去】" in done.out
    assert "王梅" not in done.out + done.err

    (told,) = json.loads(command("withhold", "list", "--json", database_url=url).out)
    assert (told["position"], told["by"], told["shown_again"]) == (1, "李明", False)
    assert "王梅" not in command("journal", "--json", database_url=url).out
    number = str(told["number"])
    again = command("withhold", "show-again", number, *WHO, database_url=url)
    assert again.code == 0, again.err
    assert command("withhold", "show-again", number, *WHO, database_url=url).code == 2
    assert "已恢复显示" in command("withhold", "list", database_url=url).out
