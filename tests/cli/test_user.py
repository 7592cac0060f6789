"""`mingjian user` and `access`, and where the inside view may listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra import postgres
from ledger import access, looks
from ledger.access import Line
from tests.cli.conftest import Command
from tests.support import databases
from tests.support.gateway import fill
from tests.support.ledger import LEDGER

FIRST = ("--by", "李明", "--why", "启用")
BY = ("--by", "sec", "--why", "按岗位")
REACHED = {"inside_url": "https://audit.example", "trusted_proxies": "10.0.0.1"}


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "users_commanded", fill) as made:
        yield made


def test_users_are_admitted_changed_and_dismissed(command: Command, url: str) -> None:
    def user(*arguments: str) -> tuple[int, str]:
        done = command("user", *arguments, database_url=url)
        return done.code, done.out + done.err

    code, said = user("add", "au", "--role", "auditor", *FIRST)
    assert (code, "第一个用户须为安全管理员" in said) == (2, True)
    assert user("add", "sec", "--role", "security-administrator", *FIRST)[0] == 0
    code, said = user("add", "au", "--role", "auditor", *FIRST)
    assert (code, "安全管理员" in said) == (2, True)
    scope = ("--line", "assistance", "--township", "445102100")
    assert user("add", "clerk", "--role", "staff", *scope, *BY)[0] == 0
    code, said = user("add", "nobody", "--role", "root", *BY)
    assert (code, "auditor（审计员）" in said) == (2, True)
    code, said = user("add", "nobody", "--role", "staff", "--line", "低保", *BY)
    assert (code, "assistance（低保、特困和资金发放）" in said) == (2, True)
    code, said = user("add", "nobody", "--role", "staff", "--township", "意溪镇", *BY)
    assert (code, "445102100（意溪镇）" in said) == (2, True)
    code, said = user("add", "x", "--role", "auditor", "--oidc", "sub-1", *BY)
    assert (code, "MINGJIAN_OIDC_ISSUER" in said) == (2, True)

    code, said = user("token", "clerk", *BY)
    token = next(word for word in said.split() if word.startswith("mju_"))
    listed = command("user", "list", "--json", database_url=url).out
    assert token not in listed
    clerk = next(each for each in json.loads(listed) if each["name"] == "clerk")
    assert (clerk["role"], clerk["lines"], clerk["townships"]) == (
        "staff",
        ["assistance"],
        ["445102100"],
    )
    assert user("change", "clerk", "--township", "", *BY)[0] == 0
    clerk = json.loads(command("user", "list", "--json", database_url=url).out)[1]
    assert (clerk["lines"], clerk["townships"]) == (["assistance"], [])
    assert user("remove", "clerk", *BY)[0] == 0
    assert user("remove", "clerk", *BY)[0] == 2
    shown = user("list")[1]
    assert "安全管理员" in shown
    assert "clerk" not in shown
    assert "已注销" in user("list", "--all")[1]
    journal = command("journal", database_url=url).out
    for kind in ("设立用户", "变更用户", "签发用户凭据", "注销用户"):
        assert kind in journal


def test_the_inside_view_is_exposed_to_users_behind_a_proxy_only(
    command: Command, url: str
) -> None:
    run = ("run", "api", "--auditor", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    refused = command(*run, database_url=url)
    assert (refused.code, "MINGJIAN_INSIDE_URL" in refused.err) == (2, True)
    refused = command(*run, database_url=url, inside_url="https://audit.example")
    assert (refused.code, "MINGJIAN_TRUSTED_PROXIES" in refused.err) == (2, True)
    refused = command(*run, database_url=url, **REACHED)
    assert (refused.code, "mingjian user add" in refused.err) == (2, True)


def test_the_log_and_the_looks_are_listed_and_what_is_old_is_deleted(
    command: Command, url: str
) -> None:
    now = datetime.now(UTC)
    old = now - timedelta(days=400)
    reader = looks.reader("au", "auditor", "专项审计")

    async def filled() -> None:
        async with postgres.connect(url) as connection:
            lines = [
                Line(old, "au", "auditor", "::1", "GET", "/old", 200, 3),
                Line(now, None, None, "192.0.2.7", "POST", "/sign-in", 401, 3, access.FAILED),
            ]
            await access.write(connection, LEDGER, lines)
            await looks.note(connection, LEDGER, reader, ["entry/1"])
            by_command = looks.reader("李明", "operator", "信访答复")
            await looks.note(connection, LEDGER, by_command, ["person/x"])

    asyncio.run(filled())
    shown = command("access", "list", database_url=url).out
    assert "/old" in shown
    assert "登录失败" in shown
    failed = command("access", "list", "--remark", "sign-in-failed", "--json", database_url=url)
    assert [line["path"] for line in json.loads(failed.out)] == ["/sign-in"]
    looked = command("access", "looks", database_url=url).out
    assert "专项审计" in looked
    assert ("操作人员" in looked, "operator" in looked) == (True, False)
    prune = ("access", "prune", *FIRST, "--before")
    young = command(*prune, f"{now - timedelta(days=150):%Y-%m-%d}", database_url=url)
    assert (young.code, "6 个月" in young.err) == (2, True)
    done = command(*prune, f"{now - timedelta(days=300):%Y-%m-%d}", database_url=url)
    assert (done.code, "清理 1 条" in done.out) == (0, True)
    assert "/old" not in command("access", "list", database_url=url).out
    assert "清理访问日志" in command("journal", database_url=url).out
