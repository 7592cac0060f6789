"""What was studied and publicised, and where: names that a report may list."""

from __future__ import annotations

from reports.dimensions import MONTH, open_code
from reports.measure import Measure

_READ = """
SELECT DISTINCT ON (what) position, 1 AS contribution, on_date, what FROM (
    SELECT known_from AS position, held_on AS on_date, {what} AS what
    FROM study_session WHERE {{known}} AND held_on BETWEEN $3 AND $4
) AS named ORDER BY what, on_date, position
"""
_TOLD = """
SELECT DISTINCT ON (programme, what) position, 1 AS contribution, on_date, what, programme FROM (
    SELECT known_from AS position, held_on AS on_date, {what} AS what, programme
    FROM outreach_sitting
    WHERE {{known}} AND line = 'publicity' AND held_on BETWEEN $3 AND $4
) AS named WHERE what IS NOT NULL ORDER BY programme, what, on_date, position
"""
_LAWS = "'《' || unnest(laws) || '》'"

MEASURES = (
    Measure(
        name="学习法规",
        unit="部",
        kind="flow",
        definition="期内各场学法所学的法律法规，同一部只计一次",
        rows=_READ.format(what=_LAWS),
        dimensions=(MONTH,),
        cells="open",
        listed=True,
    ),
    Measure(
        name="学习文件",
        unit="份",
        kind="flow",
        definition="期内各场学法所读的法律法规以外的文件，同一份只计一次",
        rows=_READ.format(what="unnest(documents)"),
        dimensions=(MONTH,),
        cells="open",
        listed=True,
    ),
    Measure(
        name="普法法规",
        unit="部",
        kind="flow",
        definition="期内普法宣传的法律法规，同一项目的同一部只计一次",
        rows=_TOLD.format(what=_LAWS),
        dimensions=(open_code("项目", "programme"), MONTH),
        cells="open",
        listed=True,
    ),
    Measure(
        name="普法地点",
        unit="处",
        kind="flow",
        definition="期内普法宣传的地点，同一项目的同一处只计一次",
        rows=_TOLD.format(what="place"),
        dimensions=(open_code("项目", "programme"), MONTH),
        cells="open",
        listed=True,
    ),
)
