"""公布数与账本不一致: a release that is recorded otherwise than it was made, or does not add up.

What a release says is frozen with it (decision 35); whether measures give the same values at its
moment is worked out wherever it is shown beside the ledger. Here the record of it is held against
itself: the digest of its sections, parts against their whole, its moment against the entry that
told it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.reporting.releases import content_of
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], _bureau: Bureau) -> Iterator[Found]:
    releases: dict[int, list[Row]] = {}
    for row in rows:
        releases.setdefault(row["position"], []).append(row)
    for position, its in releases.items():
        release, on = its[0], date.fromisoformat(its[0]["published_at"][:10])
        for key, what in _wrong(release, [row["body"] for row in its if row["body"] is not None]):
            name = f"{release['edition']} {key}"
            yield Found(name, f"第{release['edition']}版{what}", on, position)


def _wrong(release: Row, bodies: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a release: key and words; the sections in their order."""
    if content_of(bodies) != release["content"]:
        yield "content", "记录的内容与发布时的校验值不符"
    if release["moment"] >= release["position"]:
        yield "moment", f"所称的账本位置{release['moment']}在发布之后"
    yield from _sums([json.loads(body) for body in bodies])


def _sums(says: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Parts that are told whole, and do not come to the value."""
    values = {value["key"]: value for each in says for value in each.get("values", ())}
    parts: dict[tuple[str, str], list[int | None]] = {}
    for each in says:
        for one in each.get("breakdowns", ()):
            if one.get("adds_up"):
                exact = [part.get("exact") for part in one["parts"]]
                parts.setdefault((one["key"], one["by"]), []).extend(exact)
    for (key, by), its in parts.items():
        whole = values.get(key, {}).get("exact", "")
        known = [part for part in its if part is not None]
        if whole.lstrip("-").isdigit() and len(known) == len(its) and sum(known) != int(whole):
            name = values[key]["name"]
            yield f"{key} {by}", f"“{name}”按{by}合计为{sum(known)}，与总数{whole}不等"


RULE = Rule(
    code="A25",
    name="公布数与账本不一致",
    severity="unlawful",
    basis="统计法 6; 政府信息公开条例 6",
    needs={"release": "x.stream", "release_section": "x.stream"},
    rows="""
        SELECT t.subject, t.at, r.edition, r.moment, r.published_at, r.content,
            r.known_from AS position, s.body
        FROM touched AS t
            JOIN release AS r ON r.stream = t.subject AND {known:r}
            LEFT JOIN release_section AS s ON s.stream = t.subject AND s.edition = r.edition
                AND {known:s}
        ORDER BY s.number
    """,
    find=_find,
)
