"""The report's own dates: when it was signed, when it was published.

They are of the report on a whole period, which is made after it: so they, and nothing else, tell
what happened after D, and only where D is the end of the year reported on.
"""

from __future__ import annotations

from reports.measure import Measure

_YEAR = (
    "extract(year FROM $3::date)::bigint"
    " AND $4 = make_date(extract(year FROM $3::date)::int, 12, 31)"
)

MEASURES = (
    Measure(
        name="报告发布时间",
        unit="",
        kind="date",
        definition="期间所在年度的法治政府建设年度报告首次发布的时间",
        reading="发布之后才知道；年度结束前没有",
        rows=f"""
SELECT known_from AS position, published_at AS contribution,
       left(published_at, 10)::date AS on_date, path AS what
FROM report_publication WHERE {{known}} AND year = {_YEAR}
""",
        take="min",
        cells="open",
    ),
    Measure(
        name="报告落款日期",
        unit="",
        kind="date",
        definition="期间所在年度的法治政府建设年度报告的落款日期",
        reading="签发之后才知道；年度结束前没有",
        rows=f"""
SELECT known_from AS position, signed_on AS contribution, signed_on AS on_date,
       '签发 ' || signed_by AS what
FROM report_signature WHERE {{known}} AND year = {_YEAR}
""",
        take="one",
        cells="open",
    ),
)
