"""What a ledger shows: all pages as HTML and as JSON, to the public and to auditors; all commands.

Pages are found by their links, so that a new one is asked for as well; of those of one kind only
so many. A new command has to be added here, or named among those that show nothing.
"""

from __future__ import annotations

import asyncio
import html
import random
import re
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from typer.testing import CliRunner

from cli.root import app, names
from infra.settings import settings
from tests.support.defined import FIGURES
from tests.support.pages import client_of

EACH = re.compile(r"/(figures|statements)/[A-Z0-9]+")
"""Pages of which every one is asked for, by itself."""
MOMENT = re.compile(r"[?&](at|known|asof)=")
ELSEWHERE = re.compile(r"[?&]view=|\.(zip|json)\b|^/api/v1|^/feed\.atom")
"""The same in other letters, or packed, and what has one form only: others ask for that. As JSON
each page is asked for by what the client takes."""
FILE = re.compile(r"\.(csv|xlsx)$")
"""Of an address without its question: a table has one form, and is asked for once."""
QUESTIONS = (
    *("period=2024&at=0", "period=2024&at=1", "period=1900", "period=2199", "period=2199-12"),
    *("period=2024-02&asof=2024-02-29", "period=2024&asof=2024-06-30&known=2024-01-02"),
    *("period=2024&known=now", "period=2024-12&known=2199-12-31", "period=2025"),
)
"""What an auditor may ask of figures, statements and the report."""
SHOW_NOTHING = {
    "answers",
    "demo",
    "import",
    "ingest",
    "kafka",
    "keys",
    "ledger",
    "lint",
    "offsets",
    "outcome",
    "person",
    "portal",
    "receipts",
    "reconcile",
    "restore",
    "run",
    "sample",
    "sandbox",
}
"""Commands that show nothing of a ledger, that need the name or a file of events, or Kafka."""
REFUSED = 2
"""Exit code of a command that says why it cannot."""


async def look(
    url: str, positions: int, asked: Counter[str], *, auditor: bool, pages: int
) -> list[str]:
    """Follow the links of all pages, so many of each kind; which pages could not be shown."""
    wrong: list[str] = []
    waiting = ["/", "/reports", "/figures", "/statements"]
    if auditor:
        dice = random.Random(positions)  # noqa: S311  a seed, not a secret
        waiting += ["/quarantine", "/parked", "/waiting"]
        waiting += [f"/{it}?{q}" for it in ("figures", "statements") for q in QUESTIONS]
        waiting += [f"/reports/2024?{q}" for q in QUESTIONS]
        waiting += [f"/figures/{figure}/rows" for figure in FIGURES]
        some = dice.sample(range(1, positions + 1), min(positions, 8 * pages))
        waiting += [f"/entries/{position}" for position in some]
    seen, kinds = set(waiting), Counter[str]()
    async with client_of(url, auditor=auditor) as client:
        for link in waiting:  # grows meanwhile
            page = await _page(client, link, asked, wrong)
            for to in map(html.unescape, re.findall(r'href="(/[^"#]*)"', page)):
                if ELSEWHERE.search(to):
                    continue
                kinds[_kind(to)] += 1
                if to not in seen and (EACH.fullmatch(to) or kinds[_kind(to)] <= pages):
                    seen.add(to)
                    waiting.append(to)
    return wrong


async def _page(client: httpx.AsyncClient, link: str, asked: Counter[str], wrong: list[str]) -> str:
    """The page; machines are told the same."""
    forms = ("*/*",) if FILE.search(urlsplit(link).path) else ("application/json", "text/html")
    for accept in forms:
        answer = await client.get(link, headers={"accept": accept})
        asked[accept] += 1
        # At another moment, what a link leads to may not have been there.
        moved = MOMENT.search(link) and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        told = answer.status_code == HTTPStatus.NOT_FOUND and "not-published" in answer.text
        if answer.status_code != HTTPStatus.OK and not moved and not told:
            wrong.append(f"{link} as {accept}: {answer.status_code} {answer.text[-600:]}")
        elif "json" in answer.headers["content-type"]:
            answer.json()
    return answer.text if "html" in answer.headers["content-type"] else ""


def _kind(link: str) -> str:
    """Pages of one kind differ in numbers, names of streams, and what is asked for.

    Files of one kind differ in which of the rows of a page they hold.
    """
    parts = urlsplit(link)
    if FILE.search(parts.path):
        return parts.path
    path = re.sub(
        r"^(/streams/[^/]+|/disclosure|/desk|/problems|/api(?!/v1))/.*", r"\1/", parts.path
    )
    asked = sorted(each.partition("=")[0] for each in parts.query.split("&"))
    return re.sub(r"[0-9]+", "N", path) + "&".join(asked)


def _words(home: Path, pages: int) -> list[list[str]]:
    """What is asked of the command line; the last one makes the read models anew."""
    some = [*FIGURES][:: max(1, len(FIGURES) // (2 * pages))]
    asked = [
        *("figures", "figures --json", "figures --period 1900", "figures --period 2199-12 --at 9"),
        *("statements", "statements --json --period 2199", "findings", "findings --json"),
        *(f"lineage {figure} --raw" for figure in some),
        *("lineage F16 --json", "journal list --last 500", "journal list --last 0 --json"),
        *("quarantine list", "quarantine list --all --json", "parked list --all"),
        *("parked list --json", "contracts example cn.mingjian.marriage.marriage-registered.v1"),
        *(f"{it} show {n + 1}" for it in ("quarantine", "parked") for n in range(pages)),
        *(f"report annual -o {home}/{form} --format {form}" for form in ("html", "md")),
        *(f"report monthly -o {home}/{form} --format {form}" for form in ("text", "xlsx")),
        *(
            "measure 在保人数 --by 月,镇街",
            "measure 发放金额 --by 保障类别 --period 2024-Q1 --json",
        ),
        *(
            "bureau show",
            "bureau adopted",
            "publish monthly --period 2199-12 --by BG-01 --why 示例",
        ),
        *(
            "outcomes payouts",
            "outcomes office --json",
            "source day payouts 2024-06-07",
            "source key list --json",
        ),
        *("source list --json", "source show payouts", "user list --json", "roles"),
        *("access list", "access looks --json", "withhold list --json"),
        *("verify", "verify --json", "waiting", "waiting --json", "models list"),
        *("models list --json", "doctor", "migrate --check", "rebuild"),
    ]
    return [line.split() for line in asked]


async def command(url: str, home: Path, asked: Counter[str], pages: int) -> list[str]:
    """Which commands did not end as commands do, or were forgotten here."""
    lines = _words(home, pages)
    forgotten = {*names()} - SHOW_NOTHING - {words[0] for words in lines}
    wrong = [f"{it}: not asked" for it in forgotten]
    environment = {"MINGJIAN_DATABASE_URL": url, "MINGJIAN_HOME": str(home)}
    settings.cache_clear()
    try:
        for words in lines:
            done = await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
            asked["command"] += 1
            failed = done.exception and not isinstance(done.exception, SystemExit)
            if failed or done.exit_code not in (0, REFUSED):
                said = f"{done.exit_code} {done.exception!r} {done.output[-900:]}"
                wrong.append(f"mingjian {' '.join(words)}: {said}")
    finally:
        settings.cache_clear()
    return wrong
