"""社会组织登记期限、条件不符: decisions and ends out of time, too little capital, one head for two.

And what was said to be done and was not: a zombie "cleared" that is still on the register, a
register that does not come to what the registrar counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from domain.codes import label
from domain.money import format_yuan
from domain.organisations.events import DisposalWay
from rules.duties import overdue
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        yield from _LOOKS[row["about"]](row, bureau)


def _decided(row: Row, bureau: Bureau) -> Iterator[Found]:
    due = bureau.due_in_days("organisations.decide-days", row["since"])
    yield from overdue(
        "作出登记决定",
        due,
        row["done"],
        key="decided",
        position=row["position"],
        on_date=row["since"],
    )


def _ended(row: Row, bureau: Bureau) -> Iterator[Found]:
    due = bureau.due_in_days("organisations.deregister-days", row["since"])
    yield from overdue(
        "办理注销登记",
        due,
        row["done"],
        key="deregistered",
        position=row["position"],
        township=row["township"],
        on_date=row["since"],
    )


def _capital(row: Row, bureau: Bureau) -> Iterator[Found]:
    least = bureau.rules.number("organisations.capital-yuan", row["since"])
    if least is not None and row["number"] < 100 * least:
        has = format_yuan(row["number"])
        what = f"社会团体注册资金{has}元，低于{least}元"
        yield Found("capital", what, row["since"], row["position"], township=row["township"])


def _cleared(row: Row, _bureau: Bureau) -> Iterator[Found]:
    way = label(row["text"], DisposalWay)
    what = f"称已{way}，{row['since']}当日仍在登记册上"
    yield Found(
        f"cleared {row['since']}",
        what,
        row["since"],
        row["position"],
        valid_to=row["done"],
        township=row["township"],
    )
    if row["done"] is not None:
        what = f"称于{row['since']}已{way}，{row['done']}才终止登记"
        yield Found(
            f"cleared {row['since']}", what, row["done"], row["position"], township=row["township"]
        )


def _heads(row: Row, _bureau: Bureau) -> Iterator[Found]:
    yield Found(
        f"heads {row['text']}",
        f"同时担任两个社会团体（{row['text'].replace(' ', '、')}）的法定代表人",
        row["since"],
        row["position"],
        valid_to=row["done"],
    )


def _counted(row: Row, _bureau: Bureau) -> Iterator[Found]:
    what = f"登记册应有{row['number']}个，清点为{row['text']}个"
    yield Found("counted", what, row["since"], row["position"])


_LOOKS = {
    "decided": _decided,
    "ended": _ended,
    "capital": _capital,
    "cleared": _cleared,
    "heads": _heads,
    "counted": _counted,
}

RULE = Rule(
    code="A44",
    name="社会组织登记期限、条件不符",
    severity="unlawful",
    basis="社会团体登记管理条例 10, 12, 20; 民办非企业单位登记管理暂行条例 11, 16",
    breaches=("organisation/decided-late",),
    needs={
        "organisation": """unnest(
            ARRAY[x.stream, 'organisation-application/' || x.application] || ARRAY(
                SELECT 'register/' || c.counted_on FROM register_count AS c
                WHERE c.ledger = x.ledger AND c.counted_on >= x.registered_on
            ))""",
        "organisation_application": "x.stream",
        "zombie_disposal": Touch("x.stream", "x.step = 'disposed'"),
        "registered_value": Touch("x.value", "x.item = 'legal-representative'"),
        "register_count": "'register/' || x.counted_on",
    },
    rows="""
        SELECT t.subject, t.at, 'decided' AS about, o.accepted_on AS since, o.registered_on AS done,
            o.known_from AS position, o.township, NULL::bigint AS number, NULL::text AS text
        FROM touched AS t JOIN organisation AS o ON o.stream = t.subject AND {known:o}
        WHERE o.accepted_on IS NOT NULL
        UNION ALL
        SELECT t.subject, t.at, 'decided', a.accepted_on, a.refused_on, a.known_from, NULL, NULL,
            NULL
        FROM touched AS t JOIN organisation_application AS a ON a.stream = t.subject AND {known:a}
        WHERE a.accepted_on IS NOT NULL AND NOT EXISTS (
            SELECT FROM organisation AS o WHERE o.application = a.application AND {known:o}
        )
        UNION ALL
        SELECT t.subject, t.at, 'ended', o.liquidated_on, o.ended_on, o.known_from, o.township,
            NULL, NULL
        FROM touched AS t JOIN organisation AS o ON o.stream = t.subject AND {known:o}
        WHERE o.liquidated_on IS NOT NULL
        UNION ALL
        SELECT t.subject, t.at, 'capital', o.registered_on, NULL, o.known_from, o.township,
            o.capital_fen, NULL
        FROM touched AS t JOIN organisation AS o ON o.stream = t.subject AND {known:o}
        WHERE o.kind = 'association'
        UNION ALL
        SELECT t.subject, t.at, 'cleared', z.on_date, o.ended_on, z.known_from, o.township, NULL,
            z.way
        FROM touched AS t JOIN zombie_disposal AS z ON z.stream = t.subject AND {known:z}
            JOIN organisation AS o ON o.stream = t.subject AND {known:o}
        WHERE z.step = 'disposed' AND z.way <> 'rectification'
            AND coalesce(o.ended_on > z.on_date, true)
        UNION ALL
        SELECT t.subject, t.at, 'heads', greatest(a.valid_from, b.valid_from),
            least(a.valid_to, b.valid_to), greatest(a.known_from, b.known_from), NULL, NULL,
            a.uscc || ' ' || b.uscc
        FROM touched AS t
            JOIN registered_value AS a ON a.value = t.subject AND {known:a}
                AND a.item = 'legal-representative'
            JOIN registered_value AS b ON b.value = t.subject AND {known:b}
                AND b.item = 'legal-representative' AND b.uscc > a.uscc
            JOIN organisation AS p ON p.uscc = a.uscc AND {known:p} AND p.kind = 'association'
            JOIN organisation AS q ON q.uscc = b.uscc AND {known:q} AND q.kind = 'association'
        WHERE coalesce(a.valid_from < b.valid_to, true)
            AND coalesce(b.valid_from < a.valid_to, true)
        UNION ALL
        SELECT t.subject, t.at, 'counted', c.counted_on, NULL, c.known_from, NULL, o.bodies,
            c.bodies::text
        FROM touched AS t
            JOIN register_count AS c ON 'register/' || c.counted_on = t.subject AND {known:c}
            CROSS JOIN LATERAL (
                SELECT count(*) AS bodies FROM organisation AS o
                WHERE {known:o} AND o.registered_on <= c.counted_on
                    AND coalesce(o.ended_on > c.counted_on, true)
            ) AS o
        WHERE o.bodies <> c.bodies
    """,
    find=_find,
)
