"""执法人员不足或者无证执法: fewer than two on the spot, or one without a valid licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from domain.enforcement import too_few
from projections.inspection.acts import ActKind
from rules.rule import Found, Row, Rule

_ACTS = labels_of(ActKind)


def _without(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        on, act = row["on_date"], _ACTS[row["kind"]]
        more = {"position": row["position"], "township": row["township"]}
        if too_few(row["officers"], on, bureau):
            what = f"{on}{act}，执法人员仅{len(row['officers'])}人"
            yield Found(f"{row['kind']}/{on}/few", what, on, **more)
        for officer, why in ((who, "无有效执法证") for who in row["unlicensed"]):
            what = f"{on}{act}，执法人员{officer}当日{why}"
            yield Found(f"{row['kind']}/{on}/{officer}", what, on, **more)
        for officer in set(row["away"]).difference(row["unlicensed"]):
            what = f"{on}{act}，执法人员{officer}当日不在岗"
            yield Found(f"{row['kind']}/{on}/{officer}", what, on, **more)


# An officer about whom the ledger holds no post at all may be of another unit.
RULE = Rule(
    code="A31",
    name="执法人员不足或者无证执法",
    severity="unlawful",
    basis="行政处罚法 42; 社会组织抽查暂行办法 8",
    breaches=("inspection/fewer-than-two-officers", "penalty/fewer-than-two-officers"),
    needs={
        "enforcement_act": "x.stream",
        "licence": """unnest(ARRAY (
            SELECT a.stream FROM enforcement_act AS a
            WHERE a.ledger = x.ledger AND x.officer = ANY (a.officers)
        ))""",
        "officer_post": """unnest(ARRAY (
            SELECT a.stream FROM enforcement_act AS a
            WHERE a.ledger = x.ledger AND x.officer = ANY (a.officers)
        ))""",
    },
    rows="""
        SELECT t.subject, t.at, a.kind, a.on_date, a.officers, a.township,
            a.known_from AS position,
            ARRAY (
                SELECT officer FROM unnest(a.officers) AS officer
                WHERE NOT EXISTS (
                    SELECT FROM licence AS l
                    WHERE {known:l} AND l.officer = officer.officer AND l.valid_from <= a.on_date
                        AND coalesce(l.valid_to, 'infinity') > a.on_date)
            ) AS unlicensed,
            ARRAY (
                SELECT officer FROM unnest(a.officers) AS officer
                WHERE EXISTS (
                    SELECT FROM officer_post AS o
                    WHERE {known:o} AND o.officer = officer.officer AND o.valid_from <= a.on_date
                ) AND NOT EXISTS (
                    SELECT FROM officer_post AS o
                    WHERE {known:o} AND o.officer = officer.officer AND o.valid_from <= a.on_date
                        AND coalesce(o.valid_to, 'infinity') > a.on_date)
            ) AS away
        FROM touched AS t JOIN enforcement_act AS a ON a.stream = t.subject AND {known:a}
    """,
    find=_without,
)
