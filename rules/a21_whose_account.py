"""汇入他人账户、多人同一账户: paid to somebody who is not of the case, or many by one account.

Who lives in an institution is paid by the institution's account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    ordered = sorted(rows, key=lambda row: (row["on_date"], row["position"]))
    yield from (each for row in ordered if row["other"] for each in _to_another(row))
    yield from _by_many([row for row in ordered if not row["other"]], bureau)


def _to_another(row: Row) -> Iterator[Found]:
    yield Found(
        key=f"payee {row['on_date']} {row['person_ref']}",
        what="领款人不是保障对象、家庭成员或者监护人",
        valid_from=row["on_date"],
        position=row["position"],
    )


def _by_many(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """From the day on which one more than may be gets money by it."""
    persons: set[str] = set()
    for row in rows:
        persons.add(row["person_ref"])
        most = bureau.rules.number("assistance.account-persons", row["on_date"])
        if most is not None and len(persons) > most:
            yield Found(
                key="account",
                what=f"同一账户供{len({each['person_ref'] for each in rows})}人领取，超过{most}人",
                valid_from=row["on_date"],
                position=row["position"],
            )
            return


RULE = Rule(
    code="A21",
    name="汇入他人账户，或者多人使用同一账户",
    severity="unlawful",
    basis="社会救助暂行办法 5, 58; 财办〔2020〕37号",
    needs={
        "account": Touch(
            "unnest(ARRAY[x.account_ref, x.stream])",
            "EXISTS (SELECT FROM account AS o WHERE o.ledger = x.ledger"
            " AND o.account_ref = x.account_ref AND o.person_ref <> x.person_ref)"
            " OR EXISTS (SELECT FROM account AS o WHERE o.ledger = x.ledger"
            " AND o.stream = x.stream AND o.role = 'payee')",
        )
    },
    rows="""
        SELECT t.subject, t.at, a.person_ref, a.on_date, a.known_from AS position, false AS other
        FROM touched AS t JOIN account AS a ON a.account_ref = t.subject AND {known:a}
        WHERE a.role IN ('supported', 'payee')
        UNION ALL
        SELECT t.subject, t.at, a.person_ref, a.on_date, a.known_from, true
        FROM touched AS t JOIN account AS a ON a.stream = t.subject AND {known:a}
        WHERE a.role = 'payee' AND NOT EXISTS (
            SELECT FROM account AS o
            WHERE {known:o} AND o.stream = a.stream AND o.person_ref = a.person_ref
                AND o.role <> 'payee' AND o.on_date <= a.on_date
        )
    """,
    find=_find,
)
