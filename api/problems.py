"""Errors as RFC 9457 problem details: a code, what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

from domain import refusal
from reports.moment import YEARS

LONGEST_NAME = 40
MOST_NAMED = 5
"""Parameters that a page has not, told by name."""


class Wrong(NamedTuple):
    """What is wrong with one part of a question."""

    pointer: str
    """JSON pointer into the question: /query/limit."""
    detail: str
    expected: str


@dataclass(eq=False)
class Problem(Exception):
    """An answer that is an error, shown as JSON or as a page."""

    status: int
    code: str
    title: str
    detail: str
    hint: str
    errors: tuple[Wrong, ...] = ()
    """What is wrong with a question, part by part."""
    wait: int | None = None
    """Seconds after which it may be asked again, where that is known."""

    @property
    def passes(self) -> bool:
        """Whether the same question may be answered a little later."""
        return self.status == HTTPStatus.SERVICE_UNAVAILABLE or self.wait is not None

    def as_json(self, instance: str) -> dict[str, Any]:
        """The members of application/problem+json."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "hint": self.hint,
            **({"errors": [each._asdict() for each in self.errors]} if self.errors else {}),
        }


def not_found(what: str, hint: str = "从首页或指标目录进入") -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "not-found", "没有这个页面", what, hint)


def bad_choice(detail: str, hint: str) -> Problem:
    """A question of which a part is not understood, with what there is."""
    title = "无法回答的查询"
    return Problem(HTTPStatus.BAD_REQUEST, "unanswerable", title, detail, hint)


def bad_question(detail: str) -> Problem:
    """One about a moment, with how that is written."""
    return bad_choice(
        detail,
        "改正参数后重试：period 写作 2024，asof 写作 2024-12-31，known 写作 2025-01-17，at 为整数；"
        f"可查询的年份为 {YEARS}",
    )


def unknown_parameters(names: Sequence[str], known: Sequence[str]) -> Problem:
    """A question that would be answered as if a part of it had not been asked."""
    said = "；".join(_unknown(name, tuple(known)) for name in names[:MOST_NAMED])
    there_are = f"{said}。本页{'可用的参数：' + '、'.join(known) if known else '没有参数'}"
    return bad_choice(there_are, "改正或者去掉这些参数后重试")


def unknown_parameter(name: str, known: Sequence[str]) -> Wrong:
    """The same of one parameter of the read API."""
    pointer = "/query/" + name[:LONGEST_NAME].replace("~", "~0").replace("/", "~1")
    return Wrong(pointer, _unknown(name, tuple(known)), f"可用的参数：{'、'.join(known)}")


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = refusal.near(name.lower(), known).rstrip("?")
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return f"没有参数 {shown or '（空）'}" + (f"，是否应为 {near}" if near else "")


def wrong_question(errors: Sequence[Wrong], hint: str) -> Problem:
    """A question of the read API with everything that is wrong with it."""
    said = "；".join(each.detail for each in errors[:MOST_NAMED])
    title = "无法回答的查询"
    return Problem(HTTPStatus.BAD_REQUEST, "unanswerable", title, said, hint, tuple(errors))


def too_many(wait: int, most: int) -> Problem:
    """One address asks more of the read API than it may."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-requests",
        "请求过于频繁",
        f"同一地址每分钟最多 {most} 次",
        f"{wait} 秒后再试；剩余次数见答复的 RateLimit",
        wait=wait,
    )


def refused(status: int, detail: str) -> Problem:
    """Another method than a page has."""
    return Problem(status, "refused", "不能这样请求", detail, "只能读取：用 GET、HEAD 或 OPTIONS")


def published_only(parameter: str) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "published-cut-offs-only",
        "公开页面只提供已发布的时点",
        f"参数 {parameter} 用于任选时点，公开页面不接受",
        "去掉该参数即为发布时的数据；任选时点和明细记录由审计人员登录内部页面查看",
    )


def present_only(parameter: str) -> Problem:
    """Staff ask for another moment than now."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "present-only",
        "这里只有现在的情形",
        f"参数 {parameter} 用于任选时点，任选时点供审计员查看",
        "去掉该参数即为现在的情形",
    )


def auditors_only() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "auditors-only",
        "明细记录不在公开页面提供",
        "公开页面只有汇总数；记录级内容供工作人员和审计人员查看",
        "工作人员和审计人员登录内部页面查看：mingjian run api --auditor",
    )


def other_role(own: str, whose: str) -> Problem:
    """A page of the inside view that is of other roles."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "other-role",
        "不是您这个角色的页面",
        f"这一页供{whose}查看，您的角色是{own}",
        "需要查看的，请安全管理员按职责设立用户",
    )


def nothing_done_here(detail: str, hint: str) -> Problem:
    """The inside view can only be read, as it is set up or as its ledger stands."""
    return Problem(HTTPStatus.FORBIDDEN, "read-only-here", "这里只能查阅，不能办理", detail, hint)


def cannot_be_done(detail: str, hint: str) -> Problem:
    """What a form asks for cannot be done so; nothing was done."""
    return Problem(HTTPStatus.BAD_REQUEST, "cannot-be-done", "没有办理", detail, hint)


def not_local() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "loopback-only",
        "内部页面只在本机提供",
        "请求不是从本机直接发来的",
        "在运行账本的机器上打开 http://127.0.0.1:8000/，不要经过代理；经代理提供的，"
        "由系统管理员设 MINGJIAN_INSIDE_URL 和 MINGJIAN_TRUSTED_PROXIES",
    )


def not_through_proxy() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "proxy-only",
        "内部页面只经指定的代理提供",
        "请求不是经 MINGJIAN_TRUSTED_PROXIES 所列的代理以 HTTPS 发来的",
        "从 MINGJIAN_INSIDE_URL 的地址打开",
    )


def other_site() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "other-site",
        "表单不是从这里的页面提交的",
        "浏览器说明表单来自别的网站，或者经过没有登记的代理",
        "从内部页面自己的地址填写",
    )


def token_needed(detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "token-needed",
        "内部页面需要登录",
        detail,
        "填写凭据（安全管理员签发的，或者启动时显示的），或以统一身份认证登录；程序以"
        " Authorization: Bearer 送出凭据",
    )


def too_many_failures(wait: int) -> Problem:
    """Logins from one address failed too often."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-failures",
        "登录失败的次数过多",
        "从这个地址登录失败的次数过多，暂不受理",
        f"{wait} 秒后再试；忘记凭据的，请安全管理员重新签发",
        wait=wait,
    )


def provider_away() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "sign-in-away",
        "统一身份认证暂不可用",
        "统一身份认证没有答复",
        "稍候再试，或者以凭据登录",
    )


def purpose_needed(detail: str) -> Problem:
    """A record that names a person is shown to nobody who does not say what for."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "purpose-needed",
        "请先写明查阅目的",
        detail,
        "写明查阅目的后即可查看，本次登录期间有效；查阅人、时间和目的会记下。"
        "程序以 Mingjian-Purpose 写明，以百分号编码",
    )


def restricted(mark: str) -> Problem:
    """A record of somebody whose data are stored and not otherwise processed."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "restricted",
        mark,
        "这条记录涉及的人员，其信息只存储，不查阅、不使用（《个人信息保护法》第四十七条）",
        "正在审计、已设审计留存的，审计员可以在地址后加 restricted=yes，写明查阅目的后查看；"
        "其他情形由办理限制处理的人员解除后查看",
    )


def not_acceptable(
    detail: str, hint: str = "去掉地址末尾的格式即为网页；页脚列有本页可下载的格式"
) -> Problem:
    """There is no answer in a form that the client takes."""
    return Problem(
        HTTPStatus.NOT_ACCEPTABLE,
        "not-acceptable",
        "没有这种格式",
        detail,
        hint,
    )


def documents_missing(why: str) -> Problem:
    """A document is asked for that only parts make that are not installed, or lack a font."""
    return Problem(
        HTTPStatus.NOT_IMPLEMENTED,
        "documents-missing",
        "本站不提供这种文件",
        why,
        "网页和 HTML、Markdown 文件内容相同；需要这种文件的，由系统管理员按上面所说补齐",
    )


def file_too_large(most: int) -> Problem:
    """A file that was handed in is larger than any document."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        "文件太大",
        f"文件最大 {most // 2**20} MB，没有读取",
        "压缩文稿中的图片，或者另存为不带图片的文件后再交",
    )


def file_unreadable(detail: str, hint: str) -> Problem:
    """A file that was handed in cannot be read, or did not come."""
    return Problem(HTTPStatus.BAD_REQUEST, "unreadable-file", "文件没有核对", detail, hint)


def nothing_published(period: str | None) -> Problem:
    detail = (
        "本账本还没有发布过年度报告" if period is None else f"期间 {period} 没有已发布的年度报告"
    )
    return Problem(
        HTTPStatus.NOT_FOUND,
        "not-published",
        "尚未发布",
        detail,
        "报告发布后即可查看；审计人员可登录内部页面查看发布前的数据",
    )


def no_ledger(name: str | None) -> Problem:
    detail = "数据库中还没有账本" if name is None else f"没有账本 {name}"
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE if name is None else HTTPStatus.NOT_FOUND,
        "no-ledger",
        "没有账本",
        detail,
        "先执行 mingjian demo 或 mingjian ingest",
    )


def rebuilding(detail: str) -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "read-models-behind",
        "数据正在整理",
        detail,
        "稍候再试；长时间不恢复请执行 mingjian rebuild",
    )


def unfit(detail: str) -> Problem:
    """The database has another form than this program."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "unfit-database", "系统正在升级", detail, "稍后再来"
    )


def database() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "database", "数据库暂不可用", "查询没有完成", "稍候再试"
    )


def busy() -> Problem:
    """More is asked at a time than can be answered."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", "访问人数过多", "同时查询的人太多", "稍候再试"
    )


def altered(detail: str) -> Problem:
    """What was released is not what is kept of it."""
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "altered",
        "发布内容不符",
        detail,
        "请管理人员执行 mingjian verify",
    )


def internal() -> Problem:
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "出错了",
        "服务内部出错，已记入日志",
        "稍候再试",
    )
