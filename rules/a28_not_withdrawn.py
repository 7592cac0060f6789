"""处罚撤销后未按期撤回公示: a penalty that was undone, and still stands on the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule


def _standing(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """What was published after it was varied tells the decision as varied."""
    for row in rows:
        withdrawn_on, position = row["publication_withdrawn_on"], row["position"]
        township = row["township"]
        if withdrawn_on is not None and not row["withdrawal_explained"]:
            what = "撤回公示未公开说明理由"
            yield Found("reason", what, withdrawn_on, position, township=township)
        revoked_on, varied_on = row["revoked_on"], row["varied_on"]
        if varied_on is not None and varied_on < row["published_on"]:
            varied_on = None
        undone_on = min((on for on in (revoked_on, varied_on) if on is not None), default=None)
        if undone_on is not None:
            start = max(undone_on, row["published_on"])
            done_on = None if withdrawn_on is None else max(withdrawn_on, start)
            due = bureau.due("penalties.withdraw-working-days", start)
            more = {"key": "withdrawn", "position": position, "township": township}
            yield from overdue("撤回公示", due, done_on, **more)


RULE = Rule(
    code="A28",
    name="处罚撤销、变更后未按期撤回公示",
    severity="unlawful",
    basis="行政处罚法 48, 85",
    breaches=("penalty/publication-left-standing", "penalty/withdrawn-without-reason"),
    needs={"penalty_case": "x.stream"},
    rows="""
        SELECT t.subject, t.at, p.township, p.published_on, p.revoked_on, p.varied_on,
            p.publication_withdrawn_on, p.withdrawal_explained, p.known_from AS position
        FROM touched AS t JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
        WHERE p.published_on IS NOT NULL
            AND (p.revoked_on IS NOT NULL OR p.varied_on IS NOT NULL
                OR p.publication_withdrawn_on IS NOT NULL)
    """,
    find=_standing,
    since=date(2021, 7, 15),
)
