"""结婚登记不符合规定: who may not marry, closed days, second marriages, certificate numbers.

What a registration shows by itself is looked at by marriage, a second marriage by person, and the
numbers by the hundred of a series. Archives are never whole, so only what is registered in this
ledger can be the second marriage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.codes import label
from domain.marriage.marriages import Breach
from rules.rule import Found, Row, Rule, Touch

_HUNDREDS = """unnest(ARRAY[
    x.series || '/' || x.serial / 100,
    x.series || '/' || x.serial / 100 + CASE WHEN x.serial % 100 < 50 THEN -1 ELSE 1 END])"""
"""A hundred is looked at with half of each neighbour, so that no gap hides at its ends."""
_OUT_OF_SERIES = """{warned:x} OR NOT x.fits OR NOT EXISTS (
    SELECT FROM certificate AS c WHERE c.ledger = x.ledger AND c.series = x.series
        AND c.serial = x.serial - 1 AND c.known_from <= {at} AND c.known_to > {at}
) OR EXISTS (
    SELECT FROM certificate AS c WHERE c.ledger = x.ledger AND c.series = x.series
        AND c.serial >= x.serial AND c.known_from <= {at} AND c.known_to > {at}
        AND (c.known_from, c.n) <> (x.known_from, x.n)
)"""
"""One that follows the last of its series leaves all others as they are."""
_TOUCHED_HUNDREDS = """SELECT subject, at, split_part(subject, '/', 1) AS series,
    split_part(subject, '/', 2)::bigint * 100 AS first
    FROM touched WHERE subject ~ '^[^/]+/[0-9]{1,16}$'"""
_OF_THE_HUNDRED = """c.series = t.series AND c.serial BETWEEN t.first - 50 AND t.first + 149
    AND {known:c}"""


def _find(rows: Sequence[Row], _bureau: Bureau) -> Iterable[Found]:
    by_itself = [row for row in rows if row["what"] not in ("number", "married")]
    yield from _series([row for row in rows if row["what"] == "number"])
    yield from _married_before([row for row in rows if row["what"] == "married"])
    for row in by_itself:
        yield Found(
            key=row["what"],
            what=label(row["what"], Breach),
            valid_from=row["on_date"],
            position=row["position"],
        )


def _married_before(rows: Sequence[Row]) -> Iterator[Found]:
    """A second marriage is void for as long as the one before has not turned out to be."""
    last: dict[int, Row] = {}
    for row in sorted(rows, key=lambda row: (row["until"] or date.max, row["since"])):
        last[row["position"]] = row
    for row in last.values():
        yield Found(
            key=f"married {row['on_date']}",
            what=f"登记结婚时，{row['since']}登记的婚姻未见解除",
            valid_from=row["on_date"],
            position=row["position"],
            valid_to=row["until"],
        )


def _series(rows: Sequence[Row]) -> Iterator[Found]:
    """Gaps and repeats in a hundred of a series, by number; those of neighbours are theirs."""
    if not rows:
        return
    series, _, hundred = rows[0]["subject"].rpartition("/")
    before: Row | None = None
    for row in sorted(rows, key=lambda row: (row["serial"], row["position"])):
        serial, number = row["serial"], f"{series}-{row['serial']:06}"
        missing = serial if before is None else before["serial"] + 1
        if before is not None and missing < serial and _belongs(missing, hundred):
            last = "" if serial == missing + 1 else f" 至 {series}-{serial - 1:06}"
            yield Found(
                key=f"missing {missing}",
                what=f"字号 {series}-{missing:06}{last} 缺号，未登记也未作废",
                valid_from=max(row["on_date"], before["on_date"]),
                position=row["position"],
            )
        if _belongs(serial, hundred):
            if before is not None and serial == before["serial"]:
                yield Found(
                    key=f"again {serial}",
                    what=f"字号 {number} 重复使用",
                    valid_from=max(row["on_date"], before["on_date"]),
                    position=row["position"],
                )
            if not row["fits"]:
                yield Found(
                    key=f"other {serial}",
                    what=f"字号 {number} 的类别、区划或者年份与登记不符",
                    valid_from=row["on_date"],
                    position=row["position"],
                )
        before = row


def _belongs(serial: int, hundred: str) -> bool:
    return bool(serial // 100 == int(hundred))


RULE = Rule(
    code="A39",
    name="结婚登记不符合规定",
    severity="unlawful",
    basis="民法典 1042, 1046-1049; 婚姻登记条例（国令387号） 6-7",
    breaches=(
        "marriage/party-under-age",
        "marriage/married-to-oneself",
        "marriage/same-sex",
        "marriage/already-married",
        "marriage/registered-on-a-closed-day",
        "marriage/certificate-number-used-twice",
        "marriage/certificate-of-another-series",
    ),
    needs={
        "marriage_registration": Touch("x.stream", "cardinality(x.faults) > 0"),
        "certificate": Touch(_HUNDREDS, _OUT_OF_SERIES),
        "marital_fact": Touch(
            "x.person_ref",
            "EXISTS (SELECT FROM marital_fact AS o WHERE o.ledger = x.ledger"
            " AND o.person_ref = x.person_ref AND o.stream <> x.stream)",
        ),
    },
    rows=f"""
        WITH hundred AS MATERIALIZED ({_TOUCHED_HUNDREDS})
        SELECT t.subject, t.at, fault AS what, r.registered_on AS on_date,
            r.known_from AS position, NULL::date AS since, NULL::date AS until,
            NULL::bigint AS serial, NULL::boolean AS fits
        FROM touched AS t JOIN marriage_registration AS r ON r.stream = t.subject AND {{known:r}},
            unnest(r.faults) AS fault
        WHERE fault <> 'certificate-of-another-series'
        UNION ALL
        SELECT t.subject, t.at, 'married', b.on_date, b.known_from, a.on_date, a.undone_on,
            NULL, NULL
        FROM touched AS t
            JOIN marital_fact AS b ON b.person_ref = t.subject AND {{known:b}}
            JOIN marital_fact AS a ON a.person_ref = t.subject AND {{known:a}}
        WHERE a.kind = 'married' AND b.kind = 'married' AND NOT b.archived
            AND a.stream <> b.stream
            AND (a.on_date, a.known_from) < (b.on_date, b.known_from)
            AND coalesce(a.undone_on > b.on_date, true)
            AND NOT EXISTS (
                SELECT FROM marital_fact AS d
                WHERE d.person_ref = t.subject AND {{known:d}} AND d.kind = 'divorced'
                    AND d.on_date BETWEEN a.on_date AND b.on_date
                    AND coalesce(d.undone_on > b.on_date, true)
            )
        UNION ALL
        SELECT t.subject, t.at, 'number', c.on_date, c.known_from, NULL, NULL, c.serial, c.fits
        FROM hundred AS t CROSS JOIN LATERAL (
            SELECT bool_or(NOT c.fits) OR count(*) <> count(DISTINCT c.serial)
                OR count(*) <> max(c.serial) - min(c.serial) + 1 AS odd
            FROM certificate AS c WHERE {_OF_THE_HUNDRED}
        ) AS seen JOIN certificate AS c ON seen.odd AND {_OF_THE_HUNDRED}
    """,
    find=_find,
)
