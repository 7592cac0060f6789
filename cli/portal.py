"""`mingjian portal`: where the portal shows what was released, and whether it says the same."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import ValidationError

from cli.console import (
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    database,
    out,
    print_json,
    refuse,
    run,
    say,
)
from domain.reporting.shown import ReleaseShownAt
from infra.settings import settings
from ledger import adopted
from ledger.intake import Intake
from projections import opening
from projections.snapshot import snapshot
from reports import mirror, publishing, recorded, release
from reports.aside import Aside
from reports.moment import Unanswerable, day_of
from reports.publishing import Act, Unpublishable
from reports.release import Address, Release
from rules import working

FOR = "clerk"

portal = typer.Typer(
    no_args_is_help=True, add_completion=False, help="门户刊载 / what the portal shows"
)
FETCH_SECONDS = 20
MOST_BYTES = 5_000_000


class Compared(NamedTuple):
    """A page of the portal, and in words what of the release it does not say."""

    release: Release
    address: Address
    differs: list[str]


@portal.command()
def shown(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="报告方案 / report plan")],
    period: Annotated[str, typer.Option("--period", help="期间：2024 或 2024-11 / period")],
    url: Annotated[str, typer.Option("--url", help="网页地址 / address of the page")],
    on: Annotated[str, typer.Option("--on", help="刊载日期 / day it went up")],
    by: ByOption,
    edition: Annotated[
        int | None,
        typer.Option("--edition", min=1, help="第几版，默认现行 / default: the standing"),
    ] = None,
    index: Annotated[
        str | None, typer.Option("--index-number", help="门户的索引号 / the portal's own")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="存下的网页，记其校验码 / the page as saved")
    ] = None,
    ledger: LedgerOption = OURS,
) -> None:
    """登记门户刊载的网址：作为事件记入账本 / tell where the portal shows a release."""
    content = None if page is None else hashlib.sha256(page.read_bytes()).hexdigest()
    said: dict[str, str | None] = {"plan": plan, "period": period, "url": url, "told_by": by}
    said |= {"shown_on": on, "index_number": index, "content": content}
    try:
        day_of(on)
        run(_tell(ledger, said, edition))
    except (Unanswerable, Unpublishable) as error:
        raise refuse(error) from None


@portal.command()
def check(
    plan: Annotated[
        str | None, typer.Argument(metavar="[PLAN]", help="报告方案，默认全部 / default: all")
    ] = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """打开登记的网址，与发布的内容核对 / fetch each and compare; exit 1 if any differs.

    现行各版的每个网址：标题、数值、语句，登记过校验码的还核对网页的字节 / titles, numbers, words.
    """
    found = run(_check(ledger, plan))
    if as_json:
        print_json(
            [
                {"release": each.release.name, "url": each.address.url, "differs": each.differs}
                for each in found
            ]
        )
    else:
        for each in found:
            mark = "✗" if each.differs else "✓"
            out.print(f"{mark} {each.release.title}  {each.address.url}", soft_wrap=True)
            for what in each.differs:
                out.print(f"    {what}", soft_wrap=True)
        different = sum(bool(each.differs) for each in found)
        say(f"核对 {len(found)} 个网址，{different} 个不符 / pages compared, differing")
    if any(each.differs for each in found):
        raise typer.Exit(1)


async def _standing(connection: Any, ledger: str) -> list[Release]:
    async with snapshot(connection):
        told = await release.released(connection, ledger)
    return [item for item in told if item.audience == "public"]


async def _tell(name: str, said: dict[str, str | None], edition: int | None) -> None:
    async with database(name) as connection:
        ledger = await opening.open_ledger(connection, name, settings())
        bureau = await adopted.at(connection, name)
        editions = [
            item
            for item in await _standing(connection, name)
            if (item.plan, item.period) == (said["plan"], said["period"])
        ]
        last = release.standing(editions)
        if not last or edition not in (None, *(item.edition for item in editions)):
            raise Unpublishable(f"{said['plan']} {said['period']} 没有这样的公开发布")
        try:
            fact = ReleaseShownAt.model_validate(said | {"edition": edition or last[0].edition})
        except ValidationError as error:
            fields = "、".join(str(each["loc"][0]) for each in error.errors())
            raise Unpublishable(f"不能登记，请核对：{fields} / not valid") from None
        at = datetime.now(UTC)
        if ledger.replay and ledger.last_recorded_at is not None:
            at = ledger.last_recorded_at
        intake = Intake(ledger, settings().secret, settings().quarantine_bytes)
        act = Act(fact.told_by, "门户刊载", at)
        ((_, outcome),) = await publishing.tell(connection, intake, [fact], act, bureau.publisher)
        await working.follow(connection, name)
        say(f"已登记 / told: {fact.stream()}，{fact.url}，位置 {outcome.position}")


async def _check(name: str, plan: str | None) -> list[Compared]:
    found = []
    async with database(name) as connection:
        for item in release.standing(await _standing(connection, name)):
            if not item.addresses or plan not in (None, item.plan):
                continue
            says = await release.content(connection, item)
            document = recorded.document_of(item, says, Aside(), sample=False)
            for address in item.addresses:
                page = fetched(address.url)
                differs = (
                    [page] if isinstance(page, str) else mirror.differences(document, page, address)
                )
                found.append(Compared(item, address, differs))
    return found


def fetched(url: str) -> bytes | str:
    """What stands at an address, or in words why it cannot be read."""
    asked = urllib.request.Request(url, headers={"User-Agent": "mingjian"})  # noqa: S310  http or https, by its contract
    try:
        with urllib.request.urlopen(asked, timeout=FETCH_SECONDS) as answer:  # noqa: S310  as above
            content: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        return f"打不开：网站答复 {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return f"打不开：{getattr(error, 'reason', error)}"
    return content if len(content) <= MOST_BYTES else f"网页超过 {MOST_BYTES:,} 字节，没有核对"
