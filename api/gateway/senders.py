"""What the gateway says to senders whom it does not take events from: their token, their standing.

What it says of their keys, and of what they sent, stands in problems.py.
"""

from __future__ import annotations

from http import HTTPStatus

from api.gateway.problems import AGAIN_SECONDS
from api.problems import Problem


def token_refused(reason: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "token-refused",
        "令牌无效 / the token is not valid",
        f"{TOKEN_REASONS.get(reason, reason)} / {reason}",
        "向身份认证系统另取令牌，注明本网关为接收方（aud）；仍不行的，与本局联系"
        " / get another token, for this gateway (aud); if that fails, ask the bureau",
    )


def provider_away() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "provider-away",
        "暂时不能核对令牌 / tokens cannot be verified now",
        "身份认证系统没有答复 / the identity provider gives no answer",
        "稍候原样重发；用密钥报送的不受影响 / send the same again later; keys go on working",
        wait=AGAIN_SECONDS,
    )


def unknown_subject() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "unknown-subject",
        "令牌的主体没有登记 / the subject of the token is not registered",
        "没有来源系统登记了这个主体 / it sends for no source",
        "请本局登记：mingjian source change SOURCE --oidc-subject 或者 --oidc-client"
        " / ask the bureau to register it",
    )


def not_registered(source: str) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "not-registered",
        "来源系统尚未登记到本账本 / the source is not registered for this ledger",
        f"{source}；没有收下任何一条 / nothing of this request was taken",
        "请本局登记后原样重发：mingjian source add SOURCE --by --why"
        " / ask the bureau to register it, then send the same again",
    )


def suspended(source: str) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "source-suspended",
        "来源系统已暂停报送 / the source is suspended",
        f"{source}；没有收下任何一条，结果仍可查询"
        " / nothing of this request was taken; outcomes can still be asked for",
        "与本局联系，恢复后原样重发 / ask the bureau; once it is resumed, send the same again",
    )


TOKEN_REASONS = {
    "too-long": "太长",
    "malformed": "不是签名的 JWT",
    "algorithm": "签名算法不在允许之列",
    "signature": "签名不符",
    "unknown-key": "签名所用的密钥不是签发方的",
    "type": "不是访问令牌",
    "issuer": "签发方不符",
    "audience": "接收方（aud）不是本网关",
    "expired": "已过期",
    "not-yet": "尚未生效",
    "times": "时间写法有误",
    "subject": "没有写明主体（sub）",
}
"""Why a token is refused (infra/oidc.py), in Chinese."""
