"""What the gateway refuses, as problem details: in Chinese and English, with what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from http import HTTPStatus

from api.problems import Problem, Wrong
from domain.faults import REASONS, Fault

AGAIN_SECONDS = 5
SOON_SECONDS = 1
POST_TYPES = (
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
    "application/x-ndjson",
)


def key_needed(*, given: bool) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "key-needed",
        "需要来源密钥 / a key of the source is needed",
        "密钥不对、已到期或者已吊销 / the key is wrong, expired or revoked"
        if given
        else "请求没有带密钥 / the request has no key",
        "以 Authorization: Bearer mj_… 送出本局签发的密钥；没有的，向本局申请"
        " / send the key that the bureau issued; without one, ask the bureau",
    )


def two_keys() -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "two-keys",
        "请求带有两个 Authorization 标头 / two Authorization headers",
        "不知道以哪个为准，没有收下任何一条 / nobody can tell which is meant; nothing was taken",
        "只送一个；程序只送了一个的，检查代理是否又加了一个"
        " / send one; where the program does, look at the proxy",
    )


def no_keys() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "no-keys",
        "尚未签发密钥，只接受本机请求 / no key was issued yet: this machine only",
        "请求不是从本机直接发来的 / the request does not come from this machine itself",
        "管理人员执行 mingjian source key new SOURCE --by --why 签发密钥"
        " / the operator issues a key with it",
    )


def another_source(detail: str, errors: Sequence[Wrong] = ()) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "another-source",
        "密钥只代表自己的来源系统 / a key speaks for its own source only",
        detail,
        "用该来源系统自己的密钥报送；本次来件没有收下任何一条"
        " / use the key of that source; nothing of this request was taken",
        tuple(errors),
    )


def unknown_source(known: Collection[str], errors: Sequence[Wrong] = ()) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND if not errors else HTTPStatus.UNPROCESSABLE_ENTITY,
        "unknown-source",
        "没有登记这个来源系统 / no such source is registered",
        "、".join(sorted(known)) + " 已登记 / are registered",
        "改正 source；新的来源系统向本局申请登记 / put source right, or ask to be registered",
        tuple(errors),
    )


def unreadable(errors: Sequence[Wrong]) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "unreadable-event",
        "读不出事件 / no event can be read",
        "；".join(each.detail for each in errors[:3]),
        "改正后整批重发；本次来件没有收下任何一条 / put it right and send all of it again;"
        " nothing of this request was taken",
        tuple(errors),
    )


def wrong_of(fault: Fault, at: str = "") -> Wrong:
    """A fault of an event as a part of a problem; `at` is where the event stands."""
    return Wrong(at + fault.pointer, f"{fault.code}：{REASONS[fault.code]}", fault.expected)


def unsupported(detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported-content",
        "不支持这种内容类型 / this content type is not supported",
        detail,
        f"可用的 / supported: {', '.join(POST_TYPES)}；或者二进制模式，属性写在 ce- 标头"
        " / or binary mode with ce- headers",
    )


def no_list(supported: Collection[str]) -> Problem:
    return Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "no-list",
        "不是清单 / this is no list",
        "清单每行一个编号或者一条事件 / a list has an id, or an event, on each line",
        f"Content-Type 用 / one of: {'、'.join(supported)}",
    )


def too_long_a_list(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-long-a-list",
        "清单太长 / the list is too long",
        f"一次最多 {most} 行 / at most {most} lines",
        "一日的事件更多的，先与 ids 的个数和摘要核对，再请本局执行 mingjian source day --against"
        " / of a day with more, compare the count and digest in ids; then ask the bureau",
    )


def compressed() -> Problem:
    return unsupported("请求正文不能压缩 / a body must not be compressed (Content-Encoding)")


def too_large(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        "请求太大 / the request is too large",
        f"最多 {most} 字节 / at most {most} bytes",
        "分几次发送；文件请报送摘要值，不要放在事件里 / send it in several requests,"
        " and files by digest",
    )


def too_many_events(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-many-events",
        "一次的事件太多 / too many events in one request",
        f"一次最多 {most} 条 / at most {most} events",
        f"没有收下任何一条；拆成每次不超过 {most} 条再发，很多的用 application/x-ndjson"
        f" / nothing was taken; split it into requests of at most {most}, or send a stream",
    )


def too_slow() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_TIMEOUT,
        "too-slow",
        "请求正文来得太慢 / the body comes too slowly",
        "没有收下任何一条 / nothing of it was taken",
        "检查网络后重发 / look at the network, then send it again",
    )


def full() -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-waiting",
        "正在处理的来件太多 / too much is being taken in",
        "没有收下任何一条 / nothing of this request was taken",
        "稍候重发，时间见 Retry-After / send it again after Retry-After",
        wait=SOON_SECONDS,
    )


def too_often(wait: int, most: int) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-of-a-key",
        "请求过于频繁 / too many requests",
        f"同一密钥每分钟最多 {most} 次 / at most {most} a minute for one key",
        "稍候重发，时间见 Retry-After；多条事件用一次请求发送"
        " / after Retry-After; send many events in one request",
        wait=wait,
    )


def too_many_at_once(most: int) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-of-a-key",
        "同时的请求太多 / too many requests at a time",
        f"同一密钥同时最多 {most} 个请求 / at most {most} at a time for one key",
        "等前面的请求答复后再发；多条事件用一次请求发送"
        " / wait for the answers before; send many events in one request",
        wait=SOON_SECONDS,
    )


def too_many_fields(most: int) -> Problem:
    return wrong_parameter(
        [Wrong("", f"表单最多 {most} 项 / at most {most} fields of a form", "key, events")]
    )


def no_form() -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "no-form",
        "读不出表单 / no form can be read",
        "须为完整的 multipart/form-data / a whole multipart/form-data is expected",
        "在本网关的页面上填写；程序请直接发送文件：POST /rosters/{map}"
        " / use the page; programs send the file itself",
    )


def elsewhere() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "another-site",
        "表单来自别的网站 / the form is of another site",
        "浏览器说明请求由别的网站发出 / the browser says that another site made the request",
        "打开本网关的页面再填写 / open the page of this gateway and fill it in there",
    )


def no_map(known: Collection[str]) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        "no-roster-map",
        "没有这个对照表 / there is no such map of a roster",
        "可用的 / there are: " + ("、".join(sorted(known)) or "—"),
        "换用已有的对照表；对照表有误的，请管理人员执行 mingjian bureau check"
        " / use one that there is; where one is wrong, the operator runs it",
    )


def unreadable_roster(why: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unreadable-roster",
        "读不出花名册 / no roster can be read",
        why,
        "什么都没有报送；按说明改好文件后重新上传"
        " / nothing was sent; put the file right and send it again",
    )


def not_sent(reasons: Collection[str]) -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "roster-not-sent",
        "没有报送 / nothing was sent",
        "；".join(reasons),
        "改好文件，或者在确认时写明，再确认一次 / put it right or say so, then confirm again",
    )


def otherwise_now() -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "preview-changed",
        "预览之后有了变化，没有报送 / it is otherwise now; nothing was sent",
        "账本、对照表或者文件与预览时不同 / ledger, map or file differ from the preview",
        "核对新的预览，再确认一次 / look at the new preview, and confirm that",
    )


def behind() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "read-models-behind",
        "汇总表尚未跟上账本 / the read models lag behind the ledger",
        "这时比对会把已有的当成新的 / compared now, what is there would seem to be new",
        "稍候再试 / try again later",
        wait=AGAIN_SECONDS,
    )


def quarantined() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "quarantined",
        "未通过校验 / quarantined",
        "来件已留存，没有记入账本 / the event is kept and is not in the ledger",
        "按 faults 改正后重发 / put right what faults names, and send it again",
    )


def unknown_outcome() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "outcome-unknown",
        "不知道是否收下 / it is not known whether it was taken",
        "后台没有按时答复 / what stands behind did not answer in time",
        "稍候原样重发：同一 source 与 id 只记一次 / send the same again later: it counts once",
        wait=AGAIN_SECONDS,
    )


def not_ready() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-ready",
        "尚未就绪 / not ready yet",
        "还没有读到密钥 / the keys are not read yet",
        "稍候重发 / send it again later",
        wait=AGAIN_SECONDS,
    )


def nothing_known(source: str) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        "nothing-known",
        "没有这个事件的结果 / nothing is known of this event",
        f"来源系统 {source} 没有以此 id 办结的事件 / no event of this id has been dealt with",
        "刚报送的稍候再问；没有报送过，或者读不出 id 而未通过校验的，见 /sources/…/outcomes"
        " / ask again soon; events whose id could not be read stand among the outcomes",
        wait=SOON_SECONDS,
    )


def no_address(detail: str) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        "no-address",
        "没有这个地址 / no such address",
        detail,
        "地址见 /openapi.json / the addresses stand in /openapi.json",
    )


def wrong_method(detail: str) -> Problem:
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "wrong-method",
        "不能这样请求 / not this way",
        detail,
        "可用的方法见 Allow / see Allow",
    )


def wrong_parameter(errors: Sequence[Wrong]) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "wrong-parameter",
        "参数有误 / a parameter is wrong",
        "；".join(each.detail for each in errors),
        "改正后重试 / put it right",
        tuple(errors),
    )


def not_acceptable() -> Problem:
    return Problem(
        HTTPStatus.NOT_ACCEPTABLE,
        "only-json",
        "只有 JSON / there is JSON only",
        "Accept 中没有 application/json / Accept does not take application/json",
        "去掉 Accept，或者加上 application/json / leave Accept out, or add it",
    )


def database() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "no-answer",
        "暂时查不到 / it cannot be looked up now",
        "数据库没有答复 / the database gives no answer",
        "稍候再问；报送不受影响的，照常报送 / ask again later",
        wait=AGAIN_SECONDS,
    )


def failed() -> Problem:
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "gateway-failed",
        "出错了 / something went wrong",
        "已记入日志；不知道是否收下 / logged; it is not known whether anything was taken",
        "稍候原样重发：同一 source 与 id 只记一次 / send the same again later: it counts once",
        wait=AGAIN_SECONDS,
    )
