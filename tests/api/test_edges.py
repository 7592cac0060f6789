"""Questions at the edge: every one is answered, or refused with what can be asked."""

from __future__ import annotations

import httpx
import pytest
from typer.testing import CliRunner

from cli.root import app as command
from infra.settings import settings
from tests.support.markup import read

JSON = {"accept": "application/json"}
YEARS = "1900 至 2199"


async def test_questions_at_the_edge_of_the_calendar(auditor: httpx.AsyncClient) -> None:
    """They were answered with 500, with "try later", or as if something else had been asked."""
    for path, code in (
        ("/figures/F40?period=0001", 400),
        ("/figures/F40?period=9999", 400),
        ("/figures/F40?period=2024&asof=9999-12-31", 400),
        ("/reports/9999", 400),
        ("/entries/99999999999999999999", 404),
        ("/streams/case/a%00b", 404),
        ("/figures/F40?known=2024-W10-1", 400),
        ("/figures/F40?asof=20241231", 400),
    ):
        for headers in (JSON, {"accept": "text/html"}):
            assert (await auditor.get(path, headers=headers)).status_code == code, path


@pytest.mark.parametrize(
    "path",
    [
        "/figures/F40?period=0001",
        "/figures/F40?period=9999",
        "/figures/F40?period=2024&asof=9999-12-31",
        "/reports/9999",
        "/statements?period=0001&asof=9999-12-31",
        "/figures/F40?period=1899",
        "/figures/F40?period=2200-01",
        "/figures/F40?period=2024&asof=2200-01-01",
        "/figures/F40?period=2024&known=9999-12-31",
        "/figures/F40?period=2024&known=0001-01-01T00:00",
    ],
)
async def test_years_that_no_date_has_are_refused_with_those_that_can_be_asked(
    auditor: httpx.AsyncClient, path: str
) -> None:
    answer = await auditor.get(path, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "unanswerable")
    assert YEARS in answer.json()["detail"]


@pytest.mark.parametrize("period", ["1900", "1900-01", "2199", "2199-12"])
async def test_the_first_and_the_last_year_can_be_asked(
    auditor: httpx.AsyncClient, period: str
) -> None:
    for path in ("/figures", "/figures/F16", "/statements", "/figures/F16/rows"):
        answer = await auditor.get(f"{path}?period={period}", headers=JSON)
        assert answer.status_code == 200, answer.text
    assert (await auditor.get(f"/reports/{period[:4]}")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/entries/99999999999999999999",
        "/entries/9223372036854775808",
        f"/entries/{'9' * 5_000}",
        "/entries/0",
        "/entries/-1",
        "/entries/1.0",
        "/entries/%D9%A1",  # ١, a digit of another script
        "/streams/case/a%00b",
        "/streams/%00/x",
        "/figures/%00",
        "/figures/F16%00/rows",
        "/reports/%00",
        "/reports/2024-01",
        "/reports/2024.html.json",
        "/figures/",
        "/%00",
    ],
)
async def test_what_is_not_there_is_not_found(auditor: httpx.AsyncClient, path: str) -> None:
    answer = await auditor.get(path, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "question",
    [
        "known=2024-W10-1",
        "known=20240304",
        "known=2024-03-04T10",
        "known=2024-03-04+10:00",
        "known=2024-02-30",
        "known=1709510400",
        "asof=20241231",
        "asof=2024-W10-1",
        "asof=2024-12-31T00:00",
        "asof=2023-02-29",
        "asof=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%94-12-31",  # full-width digits
        "period=2024-1",
        "period=2024-13",
        "period=2024-W1",
        f"at={'9' * 5_000}",
        "at=9223372036854775808",
        "at=-1",
        "at=1.0",
        "at=%D9%A1",
        "known=2024-03-04&at=3",
        "known=%00",
        "ledger=%00",
        "period=2024%00",
        "page=0",
        "page=1.0",
        "page=99999999999999999999",
        "period=2024&period=2023",
        "at=1&at=2",
        "aso=2024-06-30",
        "know=2024-06-30&period=2024",
    ],
)
async def test_what_cannot_be_asked_is_refused(auditor: httpx.AsyncClient, question: str) -> None:
    """Among them what was answered as if it had been another question, or none."""
    for path in ("/figures/F16/rows", "/statements"):
        answer = await auditor.get(f"{path}?{question}", headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "unanswerable"), answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("aso=2024-12-31", "没有参数 aso，是否应为 asof"),
        ("PERIOD=2024", "没有参数 PERIOD，是否应为 period"),
        ("perod=2024&lege=1", "没有参数 perod，是否应为 period；没有参数 lege"),
        ("from=timeline&scene=1", "没有参数 from；没有参数 scene"),
        ("utm_source=x", "没有参数 utm_source"),
        ("page=1", "没有参数 page"),
        ("token=x", "没有参数 token"),
        ("=1", "没有参数 （空）"),
        ("x" * 5_000, f"没有参数 {'x' * 40}…"),
        ("period=2024&period=2024", "参数 period 只能给一次"),
        ("period=2024&ledger=&ledger=", "参数 ledger 只能给一次"),
    ],
)
async def test_the_public_is_told_of_a_parameter_that_a_page_does_not_have_and_of_the_near_one(
    public: httpx.AsyncClient, question: str, said: str
) -> None:
    """`?peroid=2023` was answered with the latest year, as if that had been asked."""
    for path in ("/", "/figures", "/figures/F16", "/reports", "/reports/2024.md", "/releases"):
        answer = await public.get(f"{path}?{question}", headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "unanswerable"), path
        assert said in answer.json()["detail"], path
    page = await public.get(f"/figures?{question}")
    assert page.status_code == 400
    assert said in read(page.text).text
    assert '<nav aria-label="主要栏目">' in page.text


async def test_a_refusal_of_a_parameter_names_those_that_the_page_takes(
    auditor: httpx.AsyncClient,
) -> None:
    rows = (await auditor.get("/figures/F16/rows?pag=2", headers=JSON)).json()["detail"]
    assert "没有参数 pag，是否应为 page" in rows
    assert "本页可用的参数：ledger、period、asof、known、at、" in rows
    assert rows.endswith("、page")
    one = (await auditor.get("/figures/F16?pag=2", headers=JSON)).json()["detail"]
    assert "是否应为" not in one
    assert "page" not in one


async def test_what_a_parameter_is_called_is_no_markup(public: httpx.AsyncClient) -> None:
    page = await public.get("/figures?<script>alert(1)</script>=1")
    assert page.status_code == 400
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_every_page_says_which_methods_it_takes(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    pages = ("/", "/figures", "/figures/F16.json", "/statements/S16", "/reports/2024.md")
    probes = ("/healthz", "/readyz", "/static/site.css", "/reports.css")
    for client, paths in (
        (public, (*pages, *probes)),
        (auditor, ("/entries/1", "/figures/F16/rows", "/streams/case/DB-1", "/parked")),
    ):
        for path in paths:
            read = await client.get(path)
            head = await client.head(path)
            assert (head.status_code, head.content) == (200, b""), path
            assert head.headers["content-type"] == read.headers["content-type"], path
            if not path.startswith("/readyz"):
                assert head.headers["content-length"] == read.headers["content-length"], path
            options = await client.options(path)
            assert (options.status_code, options.content) == (204, b""), path
            refused = await client.post(path, headers=JSON)
            assert (refused.status_code, refused.json()["code"]) == (405, "refused"), path
            for answer in (options, refused):
                assert answer.headers["allow"] == "GET, HEAD, OPTIONS", path
                assert "content-security-policy" in answer.headers, path
    assert (await public.head("/nowhere")).status_code == 404


@pytest.mark.parametrize("name", ["figures", "statements"])
@pytest.mark.parametrize(
    "options",
    [
        ["--period", "0001"],
        ["--period", "9999"],
        ["--period", "2024", "--asof", "9999-12-31"],
        ["--period", "2024", "--known", "2024-W10-1"],
        ["--period", "2024", "--asof", "20241231"],
        ["--period", "2024", "--at", "9" * 30],
    ],
)
def test_the_command_line_refuses_the_same(
    filled: str, monkeypatch: pytest.MonkeyPatch, name: str, options: list[str]
) -> None:
    """It ended with a traceback."""
    monkeypatch.setenv("MINGJIAN_DATABASE_URL", filled)
    settings.cache_clear()
    result = CliRunner().invoke(command, [name, *options])
    settings.cache_clear()
    assert type(result.exception).__name__ in ("Unanswerable", "SystemExit")
    assert result.exit_code != 0
