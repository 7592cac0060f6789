"""补录: recorded long after the business date, or after figures were published that it belongs in.

What a ledger begins with, and what is dated before it began, is never late; corrections speak for
themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from ledger.store import RECORDED
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        on, recorded_on = row["on_date"], row["recorded_on"]
        most = bureau.rules.number("reporting.record-days", on)
        days, published_on = (recorded_on - on).days, row["published_on"]
        late = most is not None and days > most
        if not late and published_on is None:
            continue
        what = f"{EVENTS[row['type']].TITLE}：业务日期{on}，{recorded_on}才记录，相隔{days}日"
        if published_on is not None:
            what += f"；该日数据已于{published_on}发布"
        yield Found(
            key=row["event"],
            what=what,
            valid_from=recorded_on,
            position=row["position"],
            on_date=on,
            township=row["township"],
        )


_PUBLISHED = """unnest(ARRAY(SELECT l.stream FROM late_record AS l
    WHERE l.ledger = x.ledger AND l.on_date <= {asof}
        AND l.recorded_on > left(x.published_at, 10)::date))"""
_ASOF = "coalesce({p}.asof, make_date({p}.year::int, 12, 31))"

RULE = Rule(
    code="A26",
    name="补录、倒签记录",
    severity="data",
    basis="统计法 24; 审计法 34",
    needs={
        "late_record": "x.stream",
        "report_publication": _PUBLISHED.format(asof=_ASOF.format(p="x")),
        "release": _PUBLISHED.format(asof="x.asof"),
    },
    rows=f"""
        WITH cut AS MATERIALIZED (
            SELECT DISTINCT t.at, left(p.published_at, 10)::date AS published_on,
                {_ASOF.format(p="p")} AS asof
            FROM touched AS t JOIN report_publication AS p ON {{known:p}}
            UNION
            SELECT DISTINCT t.at, left(r.published_at, 10)::date, r.asof
            FROM touched AS t JOIN release AS r ON {{known:r}}
        )
        SELECT t.subject, t.at, l.event, l.type, l.on_date, l.recorded_on, l.township,
            l.known_from AS position, (
                SELECT min(c.published_on) FROM cut AS c
                WHERE c.at = t.at AND c.asof >= l.on_date AND c.published_on < l.recorded_on
            ) AS published_on
        FROM touched AS t JOIN late_record AS l ON l.stream = t.subject AND {{known:l}}
        WHERE l.on_date >= (
            SELECT (e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date FROM {RECORDED} AS e
            WHERE e.position = 1
        )
    """,
    find=_find,
)
