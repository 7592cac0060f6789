"""What a document says of itself: that it is not the published one, and what is missing in it."""

from __future__ import annotations

from collections.abc import Sequence

from reports import document, publication
from reports.evaluate import StatementValue
from reports.moment import Moment
from reports.plans.plan import Plan
from reports.publication import Publication

NOT_PUBLISHED = f"（{document.NOT_PUBLISHED}）"
"""Behind the title of what is not the published document."""
WITHHELD = "〔不单列〕"
"""In place of a number that may not be told, so that nobody is recognised by it."""
NOTHING = "期内没有与“{}”有关的事项"


def notice(plan: Plan, moment: Moment, issued: Sequence[Publication], ahead: str) -> str:
    """What says that a text is not the published one, whatever moment it is of.

    A later program may say something else of the moment that was published.
    """
    said = f"这不是发布的报告，是由账本生成的文本：业务截止 {moment.end}，入账至位置 {moment.at}"
    if plan.audience == "internal":
        said = f"内部使用：业务截止 {moment.end}，入账至位置 {moment.at}"
    elif plan.kind == "annual":
        stands = publication.of_year(issued, moment.start.year)
        if stands is None:
            said += "；该年度的报告尚未发布"
        else:
            said += f"；发布的报告入账至位置 {stands.moment.at}"
    return f"{said}；{ahead}" if ahead else said


def missing(value: StatementValue, *, details: bool) -> str:
    """Why a statement does not hold."""
    broken = [what for ok, what, _ in value.conditions if not ok]
    said = f"{len(value.conditions)}项条件中{len(broken)}项不成立"
    if details:
        return f"{said}：{_listed(broken)}"
    return f"{said}；应有：{value.statement.holds_when}"


def _listed(broken: Sequence[str], limit: int = 3) -> str:
    more = f"等{len(broken)}项" if len(broken) > limit else ""
    return "、".join(broken[:limit]) + more
