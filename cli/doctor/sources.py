"""What the doctor asks the register of sources: is it in force, and who sends all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from cli.aside import instant
from cli.doctor.finding import Finding, fine, look, wrong
from infra.settings import Settings
from ledger import register, seen
from ledger.adopted import NothingAdopted
from ledger.seal import Sealer
from ledger.store import Ledger, LedgerAltered, LedgerRestoring


async def sources(
    connection: asyncpg.Connection, ledger: Ledger, given: Settings
) -> AsyncIterator[Finding]:
    """The register in force, each source that is suspended, and grants that the folder lost."""
    name, sealer = ledger.name, Sealer(given.secret, ledger.name)
    check = f"register.{name}"
    try:
        standing = await register.standing(connection, sealer, name)
        beyond = await register.beyond(connection, sealer, name)
    except (NothingAdopted, LedgerRestoring):
        return
    except LedgerAltered:
        text = f"{name}：登记册与校验码不符 / the register is not as it was left"
        yield wrong(check, text, "mingjian verify")
        return
    registered = sum(each.registered is not None for each in standing.values())
    text = f"{name}：已登记来源 / sources registered: {registered} / {len(standing)}"
    if ledger.replay or ledger.sample or any(each.required for each in standing.values()):
        yield fine(check, text)
    else:
        yield look(
            check,
            f"{text}；未登记的凭单位资料报送 / the others send by the folder alone",
            "逐个登记后 / once all are registered: mingjian source require",
        )
    for each in standing.values():
        if each.suspended is None:
            continue
        since = each.suspended.at
        refused = await seen.refused_since(connection, name, each.source, since)
        text = f"{name}：来源 {each.source} 自 {instant(since)} 暂停 / is suspended"
        if refused:
            text += f"，仍在报送，拒收 {refused} 件 / and goes on sending: {refused} refused"
        remedy = f"mingjian source show {each.source}；source resume"
        yield look(f"source.{each.source}.{name}", text, remedy)
    for source, what in beyond.items():
        yield look(
            f"source.{source}.{name}",
            f"{name}：登记册给来源 {source} 的，单位资料不再允许"
            f" / granted, and not in the folder any more: {'、'.join(what)}",
            f"mingjian source change {source}",
        )
