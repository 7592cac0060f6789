"""The head of a published document (索引号 …), as every page of the government bears one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from domain.reporting.releases import PlanKind
from reports.release import Release, standing
from reports.shown import written, written_day

COLUMNS: Mapping[str, str] = {str(kind): name for kind, name in labels_of(PlanKind).items()}
"""Kind of a plan → the column (栏目) in which it is filed."""
IN_FORCE, SUPERSEDED = "现行", "已被取代"


def index_of(release: Release, bureau: Bureau) -> str:
    """索引号: one for each edition, for ever.

    Where the folder states no code of the bureau, it says that it is the ledger's own.
    """
    return f"{bureau.site.index_code or f'账本{bureau.division}'}/{release.index}"


def state_of(release: Release, told: Iterable[Release]) -> str:
    """有效性 among all that was told; what was taken back is shown nowhere."""
    return IN_FORCE if release in standing(told) else SUPERSEDED


def head(release: Release, bureau: Bureau, told: Iterable[Release]) -> dict[str, str]:
    """What stands above a document, in the usual order."""
    return {
        "索引号": index_of(release, bureau),
        "栏目": COLUMNS[release.kind],
        "发文机关": release.signed or bureau.name,
        "成文日期": written_day(release.signed_on),
        "标题": release.title,
        "发布日期": written(release.published_at),
        "有效性": state_of(release, told),
        "数据截至": written_day(release.moment.end),
        "内容校验码": release.content,
    }
