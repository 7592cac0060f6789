"""What each code of a problem means: `/problems/<code>`, to which the `type` of a problem leads.

So does the link of each fault of a message that was refused (domain/faults.py). A code without a
text here is found by a test, and so is a text without a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import forms, looks, problems
from api.answers import PAGE, Json, of_no_ledger
from api.question import Pages
from domain.faults import REASONS, meaning, remedy

HOME = "/problems"
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "altered": "所存的发布内容与封存时不同，不予显示。请告知本单位，由管理人员核查后恢复。",
        "auditors-only": "单条记录不在公开页面提供。公开的是发布的数值、表述和名录。",
        "busy": "同时查询的人太多，没有开始处理。稍候再试，时间见答复的 Retry-After。",
        "database": "数据库没有答复。稍候再试，时间见答复的 Retry-After。",
        "internal": "服务内部出错，已记入日志。同样的请求稍候可以再试；仍不行的，请告知本单位。",
        "loopback-only": "审计视图只在运行账本的机器上提供，不能经过代理打开。",
        "no-ledger": "没有所问的账本，或者数据库中还没有账本。不写 ledger 即为本单位的账本。",
        "not-acceptable": "没有请求所要的格式。数据接口只有 JSON；网页另有 CSV、XLSX，见其页脚。",
        "not-found": "没有这个地址，或者没有所问的记录。地址见网页的链接，或者数据接口的说明。",
        "not-published": "所问的期间没有发布过年度报告。已发布的见“发布”一栏。",
        "published-cut-offs-only": "公开的数值以发布时为准，不能任选时点；名录可以任选日期。",
        "read-models-behind": "汇总表正在整理，答复会不全，因此没有答复。稍候再试。",
        "refused": "页面和数据接口都只能读取。可用的请求方法见答复的 Allow。",
        "token-needed": "审计视图需要启动时显示的链接或凭据。",
        "too-many-requests": "同一地址在一分钟内请求得太多。过多久可以再试，见答复的 Retry-After。",
        "unanswerable": (
            "查询中有不能照办的部分：没有的参数、给了两次的参数，或者不能这样写的值。"
            "照其余部分答复会成为另一个问题的答复，因此没有答复。"
            "errors 逐一写明哪里不对、应当怎样写。"
        ),
        "unfit-database": "系统正在升级。稍候再试。",
    }
)
"""Code → what it means and what to do, in Chinese."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {code: f"来件{meaning(code).zh}。{remedy(code).zh}。" for code in REASONS}
)
"""The same of why a message is refused."""
EVERY = MappingProxyType({**MEANINGS, **REFUSED})

router = Pages()


@router.bare(HOME)
async def index(request: Request) -> Response:
    """Every code that there is."""
    return _answer(request, EVERY, {"problems": [_json(code) for code in EVERY]})


@router.bare(HOME + "/{code}")
async def one(request: Request, code: str) -> Response:
    """What a code means."""
    if code not in EVERY:
        raise problems.not_found(f"没有问题类型 {code[:40]}", f"问题类型：{HOME}")
    return _answer(request, {code: EVERY[code]}, _json(code))


def _json(code: str) -> dict[str, str]:
    made = {"type": f"{HOME}/{code}", "code": code, "meaning": EVERY[code]}
    if code in REFUSED:
        made["english"] = f"{meaning(code).en}: {remedy(code).en}"
    return made


def _answer(request: Request, shown: Mapping[str, str], data: object) -> Response:
    if unknown := [name for name in request.query_params if name != looks.PARAMETER]:
        raise problems.unknown_parameters(unknown, (looks.PARAMETER,))
    form = forms.wanted(request, PAGE)
    if form is None:
        raise problems.not_acceptable("这一页有网页、JSON，没有所要的格式")
    if form == "json":
        return Json(data)
    look = looks.of(request)
    page = of_no_ledger(request, "problem_types.html", shown=shown, home=HOME, look=look)
    return HTMLResponse(looks.handed_on(page, look))
