"""地名命名批准、备案、公告不符: who approved, what follows within days, and names that sound alike.

Sounds are compared by the Roman spelling of the names that stand, without spaces and tone marks:
within one township, and among the 街道 of the division, which are one built-up area.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule

GOVERNMENT = "人民政府"
"""Names of streets are approved by the government of a city or county (地名管理条例 12(5))."""


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        if row["place"] is None:
            yield from _steps(row, bureau)
    yield from _alike([row for row in rows if row["place"] is not None], bureau)


def _steps(row: Row, bureau: Bureau) -> Iterator[Found]:
    approved, position, township = row["approved_on"], row["position"], row["township"]
    done = {"备案": row["filed_on"], "公告": row["announced_on"], "设标志": row["signed_on"]}
    early = [
        f"{what}（{on}）" for what, on in done.items() if on and (not approved or on < approved)
    ]
    if early:
        first = min(on for on in done.values() if on and (not approved or on < approved))
        what = f"未经批准即{'、'.join(early)}"
        yield Found("early", what, first, position, valid_to=approved, township=township)
        if approved:
            yield Found("early", f"{what}，{approved}才批准", approved, position, township=township)
    if approved is None:
        return
    if GOVERNMENT not in (row["authority"] or ""):
        what = f"批准机关“{row['authority']}”不是市、县级人民政府"
        yield Found("authority", what, approved, position, township=township)
    for what, parameter in (
        ("备案", "placename.filing-days"),
        ("公告", "placename.announcement-days"),
    ):
        yield from overdue(
            what,
            bureau.due_in_days(parameter, approved),
            done[what],
            key=parameter,
            position=position,
            township=township,
            on_date=approved,
        )


def _alike(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """Of two that sound alike, the one named later is wrong from the day it is named."""
    in_order = sorted(rows, key=lambda row: (row["valid_from"], row["position"]))
    for n, row in enumerate(in_order):
        for before in in_order[:n]:
            stands = before["valid_to"] is None or row["valid_from"] < before["valid_to"]
            if before["place"] == row["place"] or not stands or not _near(before, row, bureau):
                continue
            ends: Iterable[date] = filter(None, (before["valid_to"], row["valid_to"]))
            same = "同名" if before["value"] == row["value"] else "同音"
            yield Found(
                key=f"{row['place']} {row['valid_from']}",
                what=f"“{row['value']}”与建成区内已有的“{before['value']}”{same}",
                valid_from=row["valid_from"],
                position=row["position"],
                valid_to=min(ends, default=None),
                township=row["township"],
            )
            break


def _near(one: Row, other: Row, bureau: Bureau) -> bool:
    """Whether both lie in one built-up area; where nobody says where they lie, they do."""
    townships = {one["township"], other["township"]} - {None}
    areas = [bureau.place(code) for code in townships]
    return len(townships) < len((one, other)) or all(p and p.area == "urban" for p in areas)


RULE = Rule(
    code="A43",
    name="地名命名批准、备案、公告不符",
    severity="unlawful",
    basis="地名管理条例 9, 12-14",
    breaches=(
        "place-name/not-approved",
        "place-name/filed-late",
        "place-name/announced-late",
    ),
    needs={
        "place_name": """unnest(ARRAY[x.stream] || ARRAY(
            SELECT 'sound/' || c.sound FROM place_called AS c
            WHERE c.ledger = x.ledger AND c.place = x.place
        ))""",
        "place_called": "'sound/' || x.sound",
    },
    rows="""
        SELECT t.subject, t.at, NULL::text AS place, NULL::text AS value, p.known_from AS position,
            NULL::date AS valid_from, NULL::date AS valid_to, p.township, p.authority,
            p.approved_on, p.filed_on, p.announced_on, p.signed_on
        FROM touched AS t JOIN place_name AS p ON p.stream = t.subject AND {known:p}
        WHERE p.proposed_on IS NOT NULL OR p.approved_on IS NOT NULL
        UNION ALL
        SELECT t.subject, t.at, c.place, c.name, c.known_from, c.valid_from, c.valid_to,
            p.township, NULL, NULL, NULL, NULL, NULL
        FROM touched AS t
            JOIN place_called AS c ON 'sound/' || c.sound = t.subject AND {known:c}
            LEFT JOIN place_name AS p ON p.place = c.place AND {known:p}
    """,
    find=_find,
)
