"""The report's own dates: when it was signed, when it was published."""

from __future__ import annotations

from reports.figure import Figure

_YEAR = "extract(year FROM $3::date)::bigint"

FIGURES = (
    Figure(
        id="F63",
        name="报告发布时间",
        unit="",
        kind="date",
        group="报告",
        about_persons=False,
        definition="期间所在年度的法治政府建设年度报告首次发布的时间",
        reading="发布之后才知道；与数据截止日无关",
        rows=f"""
SELECT known_from AS position, published_at AS contribution,
       left(published_at, 10)::date AS on_date, NULL::text AS township, path AS what
FROM report_publication WHERE {{known}} AND year = {_YEAR}
""",
        take="min",
    ),
    Figure(
        id="F64",
        name="报告落款日期",
        unit="",
        kind="date",
        group="报告",
        about_persons=False,
        definition="期间所在年度的法治政府建设年度报告的落款日期",
        rows=f"""
SELECT known_from AS position, signed_on AS contribution, signed_on AS on_date,
       NULL::text AS township, '签发 ' || signed_by AS what
FROM report_signature WHERE {{known}} AND year = {_YEAR}
""",
        take="one",
    ),
)
