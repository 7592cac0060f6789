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
from api.roles import EVERYBODY
from domain.faults import REASONS, meaning, remedy

HOME = "/problems"
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "altered": "所存的发布内容与封存时不同，不予显示。请告知本单位，由管理人员核查后恢复。",
        "auditors-only": "单条记录不在公开页面提供。公开的是发布的数值、表述和名录。",
        "busy": "同时查询的人太多，没有开始处理。稍候再试，时间见答复的 Retry-After。",
        "database": "数据库没有答复。稍候再试，时间见答复的 Retry-After。",
        "cannot-be-done": "表单所请求的不能这样办理，什么都没有改动。原因和办法见 detail 和 hint。",
        "documents-missing": "缺少制作这种文件的组件或字体。网页、HTML 和 Markdown 内容相同。",
        "internal": "服务内部出错，已记入日志。同样的请求稍候可以再试；仍不行的，请告知本单位。",
        "loopback-only": "内部页面只在运行账本的机器上提供，不能经过没有登记的代理打开。",
        "no-ledger": "没有所问的账本，或者数据库中还没有账本。不写 ledger 即为本单位的账本。",
        "not-acceptable": "没有请求所要的格式。数据接口只有 JSON；网页另有 CSV、XLSX，见其页脚。",
        "not-found": "没有这个地址，或者没有所问的记录。地址见网页的链接，或者数据接口的说明。",
        "not-published": "所问的期间没有发布过年度报告。已发布的见“发布”一栏。",
        "other-role": "这一页属于别的角色。系统、安全、审计三个管理员和业务、审计人员各看各的。",
        "other-site": "登录、退出、查阅目的和办理的表单，只能从内部页面自己的地址提交。",
        "present-only": "经办人员看到的是现在的情形；过去某时点的情形供审计员查看。",
        "proxy-only": "内部页面只经系统管理员指定的代理、以 HTTPS 提供。",
        "published-cut-offs-only": "公开的数值以发布时为准，不能任选时点；名录可以任选日期。",
        "purpose-needed": (
            "所问的记录涉及个人：写明查阅目的后才能查看，查阅人、时间和目的会记下。"
            "网页上填写一次，本次登录期间有效；程序以 Mingjian-Purpose 随请求写明。"
        ),
        "read-models-behind": "汇总表正在整理，答复会不全，因此没有答复。稍候再试。",
        "read-only-here": (
            "内部页面以只读的用户连接数据库，办理另用一个连接。没有设这个连接、账本密钥不对，"
            "或者账本正在恢复时，只能查阅。"
        ),
        "refused": "页面和数据接口都只能读取。可用的请求方法见答复的 Allow。",
        "restricted": (
            "所问的记录涉及的人员已限制处理：只存储，不查阅、不使用。限制处理期间只有审计员"
            "在已设审计留存的范围内、写明查阅目的后可以查看，逐人留痕；经办人员不能查看。"
        ),
        "sign-in-away": "统一身份认证没有答复。稍候再试，或者以凭据登录。",
        "token-needed": "内部页面需要登录：启动时显示的链接，凭据，或者统一身份认证。",
        "too-many-failures": "登录失败的次数过多。过多久可以再试，见答复的 Retry-After。",
        "too-many-requests": "同一地址在一分钟内请求得太多。过多久可以再试，见答复的 Retry-After。",
        "unanswerable": (
            "查询中有不能照办的部分：没有的参数、给了两次的参数，或者不能这样写的值。"
            "照其余部分答复会成为另一个问题的答复，因此没有答复。"
            "errors 逐一写明哪里不对、应当怎样写。"
        ),
        "unreadable-file": "要核对的文件读不出来、没有传完，或者没有选取。办法见 detail 和 hint。",
        "unfit-database": "系统正在升级。稍候再试。",
        # Of the gateway.
        "another-source": (
            "密钥只代表签发给它的来源系统：不能以别的来源报送，也不能查询别的来源。"
            "请求中有一条写明别的 source 的，整个请求都没有收下。"
            " A key speaks for its own source only; nothing of such a request is taken."
        ),
        "another-site": (
            "浏览器说明表单由别的网站发出，没有办理。请打开接收网关自己的页面填写。"
            " Another site made the request; open the gateway's own page."
        ),
        "gateway-failed": (
            "接收网关内部出错，已记入日志。不知道是否收下：稍候原样重发，"
            "同一 source 与 id 只记一次。"
            " The gateway failed; send the same again: it counts once."
        ),
        "key-needed": (
            "需要来源密钥：Authorization: Bearer mj_…。密钥由本局签发，有期限，可以吊销。"
            " A key of the source is needed, which the bureau issues."
        ),
        "no-address": "接收网关没有这个地址。 The gateway has no such address.",
        "no-answer": (
            "数据库没有答复，查不到结果。以 Kafka 报送的不受影响。"
            " The database gives no answer; what is sent by way of Kafka is taken all the same."
        ),
        "no-form": (
            "读不出上传的表单。请在接收网关的页面上填写；程序请直接发送文件。"
            " No form can be read; programs send the file itself."
        ),
        "no-keys": (
            "没有签发过任何密钥的，接收网关只接受本机直接发来的请求。"
            " Until a key is issued, the gateway takes requests of its own machine only."
        ),
        "no-roster-map": (
            "没有这个花名册对照表，或者它有误。对照表在本局的文件夹中。"
            " There is no such map of a roster, or it is wrong."
        ),
        "not-ready": "接收网关正在启动，稍候重发。 The gateway is starting; send it again later.",
        "nothing-known": (
            "没有以此 id 办结的事件：还没有处理到，没有报送过，或者读不出 id。刚报送的稍候再问。"
            " Nothing is known of an event of this id, or not yet."
        ),
        "not-registered": (
            "来源系统尚未登记到本账本：请本局登记后原样重发，本次没有收下任何一条。"
            " The source is not registered for this ledger; nothing of the request was taken."
        ),
        "provider-away": (
            "身份认证系统没有答复，暂时不能核对令牌。稍候原样重发；用密钥报送的不受影响。"
            " The identity provider gives no answer; send the same again later."
        ),
        "source-suspended": (
            "来源系统已暂停报送：本次没有收下任何一条，结果仍可查询。与本局联系，恢复后原样重发。"
            " The source is suspended; nothing of the request was taken."
        ),
        "token-refused": (
            "身份认证系统的令牌无效：过期、不是给本网关的，或者签名不符。另取令牌。"
            " The token is not valid: expired, for another audience, or not signed by the issuer."
        ),
        "unknown-subject": (
            "令牌有效，但没有来源系统登记了它的主体。请本局登记。"
            " The token is valid; its subject is registered for no source."
        ),
        "only-json": "接收网关只有 JSON。 The gateway has JSON only.",
        "outcome-unknown": (
            "不知道是否收下：后台没有按时答复。稍候原样重发，同一 source 与 id 只记一次。"
            " It is not known whether it was taken; send the same again: it counts once."
        ),
        "preview-changed": (
            "确认的是先前的预览，现在比对的结果已经不同，因此没有报送。请核对新的预览后再确认。"
            " What was confirmed is not what would be sent now; look at the new preview."
        ),
        "quarantined": (
            "事件未通过校验：已留存，没有记入账本。faults 逐一写明哪里不对、应当怎样写。"
            " The event is quarantined; faults name what is wrong with it."
        ),
        "roster-not-sent": (
            "花名册有误、有多户退出没有确认，或者后一月的已经导入：什么都没有报送，原因见 detail。"
            " Nothing of the roster was sent; the detail says why."
        ),
        "too-large": "请求或者其中一条事件太大，没有收下。 The request, or an event, is too large.",
        "no-list": "清单须每行一个编号或一条事件。 A list has an id, or an event, on each line.",
        "too-long-a-list": "清单太长。 The list is too long.",
        "two-keys": "请求带有两个 Authorization 标头。 Two Authorization headers.",
        "too-many-events": "一次请求的事件太多。 Too many events in one request.",
        "too-many-of-a-key": (
            "同一密钥在一分钟内请求得太多。多条事件用一次请求发送。"
            " Too many requests with one key: send many events in one request."
        ),
        "too-many-waiting": (
            "等待处理的来件已到上限，本次没有收下。过多久可以重发，见 Retry-After。"
            " Too much waits to be taken in; nothing of this request was taken."
        ),
        "too-slow": "请求正文来得太慢，没有收下。 The body came too slowly; nothing was taken.",
        "unknown-source": "没有登记这个来源系统。 No such source is registered.",
        "unreadable-event": (
            "读不出事件：不是 JSON 对象，或者内容模式有误。整个请求都没有收下，"
            "errors 指明是哪一条。"
            " No event can be read; nothing of the request was taken, errors says where."
        ),
        "unreadable-roster": (
            "读不出花名册：不是 XLSX 或者 CSV，没有对照表所要的列，或者没有写明年月。"
            " No roster can be read; the detail says why."
        ),
        "unsupported-content": (
            "不支持这种内容类型、编码或者压缩。可用的见答复的 Accept-Post。"
            " This content type, coding or compression is not supported; see Accept-Post."
        ),
        "wrong-method": "这个地址不能这样请求；可用的方法见 Allow。 See Allow.",
        "wrong-parameter": "查询参数有误，errors 逐一写明。 A parameter is wrong; see errors.",
    }
)
"""Code → what it means and what to do, in Chinese."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {code: f"来件{meaning(code).zh}。{remedy(code).zh}。" for code in REASONS}
)
"""The same of why a message is refused."""
EVERY = MappingProxyType({**MEANINGS, **REFUSED})

router = Pages(admits=EVERYBODY)


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
