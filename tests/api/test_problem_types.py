"""Every problem says by its type what it means, on a page and for programs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from api.problem_types import MEANINGS
from domain.faults import REASONS
from tests.support.pages import client_of
from tests.tidy.test_tidy import at, dotted, modules, walked

JSON = {"accept": "application/json"}


def codes() -> Iterator[tuple[str, str]]:
    """The code of each problem that the pages can tell, and where it is told."""
    for module in modules("api"):
        for node in walked(module):
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Problem":
                code = node.args[1]
                assert isinstance(code, ast.Constant), f"{at(module, node)}: a code is written out"
                yield str(code.value), at(module, node)


def test_every_code_has_a_text_and_no_text_is_of_none() -> None:
    found = dict(codes())
    assert {code: where for code, where in found.items() if code not in MEANINGS} == {}
    assert sorted(found) == sorted(MEANINGS)


@pytest.mark.empty
async def test_each_type_resolves_where_there_is_no_ledger(database_url: str) -> None:
    async with client_of(database_url) as public:
        for code, meaning in MEANINGS.items():
            page = await public.get(f"/problems/{code}", headers={"accept": "text/html"})
            assert page.status_code == 200
            assert "<main" in page.text
            told = await public.get(f"/problems/{code}", headers=JSON)
            assert told.json() == {"type": f"/problems/{code}", "code": code, "meaning": meaning}
        listed = (await public.get("/problems.json")).json()["problems"]
        assert [each["code"] for each in listed] == [*MEANINGS, *REASONS]
        problem = (await public.get("/problems/nothing", headers=JSON)).json()
        assert (await public.get(problem["type"])).status_code == 200
        page = await public.get("/nowhere/at/all", headers={"accept": "text/html"})
        assert 'href="/problems/no-ledger"' in page.text
        assert (await public.get("/problems?x=1", headers=JSON)).status_code == 400
        csv = await public.get("/problems", headers={"accept": "text/csv"})
        assert csv.status_code == 406


async def test_so_does_every_reason_for_which_a_message_is_refused(database_url: str) -> None:
    async with client_of(database_url) as public:
        for code, meaning in REASONS.items():
            told = (await public.get(f"/problems/{code}", headers=JSON)).json()
            assert told["meaning"].startswith(f"来件{meaning.partition('；')[0]}。")
            assert told["english"].endswith(meaning.partition(" / ")[2])
        page = await public.get("/problems/no_such_date", headers={"accept": "text/html"})
        assert "来件日期不存在。请核对日期。" in page.text


async def test_who_is_not_let_in_is_told_why(database_url: str) -> None:
    async with client_of(database_url, auditor=True) as auditor:
        del auditor.headers["authorization"]
        refused = await auditor.get("/figures", headers=JSON)
        assert refused.status_code == 401
        assert (await auditor.get(refused.json()["type"])).status_code == 200
