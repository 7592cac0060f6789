"""成年或被收养后仍领取儿童保障: paid for a month after that of the 18th birthday or the adoption.

Who studies on goes on being paid, from the day on which that was decided (R-CH-03, R-CH-07).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.calendar import month_of
from rules.duties import between
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], _bureau: Bureau) -> Iterator[Found]:
    found = [each for row in rows for each in (*_of_age(row), *_adopted(row))]
    yield from {each.key: each for each in found}.values()


def _of_age(row: Row) -> Iterator[Found]:
    month, of_age = row["month"], row["adult_from"]
    if of_age is not None and of_age < month:
        yield from _found(
            row,
            "of age",
            f"{of_age}满18周岁，仍发放{month}，无成年在读延续",
            row["on_date"],
            row["studies_on"],
        )


def _adopted(row: Row) -> Iterator[Found]:
    month, on = row["month"], row["adopted_on"]
    if on is not None and month_of(on) < month:
        what = f"{on}登记收养，仍发放{month}"
        yield from _found(row, "adopted", what, max(row["on_date"], on), None)


def _found(row: Row, key: str, what: str, since: date, until: date | None) -> Iterator[Found]:
    """It stands until the money came back, or until the day given."""
    yield from between(
        since,
        until,
        row["returned_on"],
        key=f"{key} {row['month']} {row['on_date']}",
        what=what,
        position=row["position"],
        on_date=row["on_date"],
        amount_fen=row["amount_fen"],
        township=row["township"],
    )


_STUDIES = """(
    SELECT min(s.on_date) FROM case_step AS s
    WHERE {known:s} AND s.stream = c.stream AND s.step = 'extended'
        AND to_char(s.until, 'YYYY-MM') >= month
) AS studies_on"""
_ADOPTED = """(
    SELECT min(a.registered_on) FROM adopted_child AS a
    WHERE {known:a} AND a.child_ref = c.person_ref AND a.ended_on IS NULL
) AS adopted_on"""

RULE = Rule(
    code="A18",
    name="成年或者被收养后仍领取儿童保障",
    severity="unlawful",
    basis="国办发〔2010〕54号; 民发〔2019〕62号; 民发〔2020〕125号",
    breaches=("case/paid-though-of-age",),
    needs={
        "supported_child": "x.stream",
        "case_step": Touch("x.stream", "x.step = 'extended'"),
        "payment": Touch(
            "x.stream",
            "EXISTS (SELECT FROM supported_child AS s"
            " WHERE s.ledger = x.ledger AND s.stream = x.stream)",
        ),
        "adopted_child": "unnest(ARRAY(SELECT s.stream FROM supported_child AS s"
        " WHERE s.ledger = x.ledger AND s.person_ref = x.child_ref))",
    },
    rows=f"""
        SELECT t.subject, t.at, month, p.paid_on AS on_date,
            ceil(p.amount_fen::numeric / cardinality(string_to_array(p.months, ' ')))::bigint
                AS amount_fen,
            p.known_from AS position, c.adult_from, c.township, {_STUDIES}, {_ADOPTED},
            (
                SELECT min(r.paid_on) FROM payment AS r
                WHERE {{known:r}} AND r.stream = p.stream AND r.kind = 'returned'
                    AND r.item = 'basic' AND r.paid_on >= p.paid_on
                    AND month = ANY (string_to_array(r.months, ' '))
            ) AS returned_on
        FROM touched AS t
            JOIN supported_child AS c ON c.stream = t.subject AND {{known:c}}
            JOIN payment AS p ON p.stream = t.subject AND {{known:p}},
            unnest(string_to_array(p.months, ' ')) AS month
        WHERE p.kind IN ('settled', 'arrears') AND p.item = 'basic'
    """,
    find=_find,
)
