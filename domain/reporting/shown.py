"""Where others show what was released: the portal of the district, at an address of its own.

The office has no site: what it publishes is put into the portal by hand. The address is told back,
so that the page can be compared with the release (`mingjian portal check`).
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from domain.event import Code, Day, Digest, Text
from domain.reporting.releases import Edition, PlanEvent

WebAddress = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%-]{4,300}$")]
"""Of a page on another site."""


class ReleaseShownAt(PlanEvent):
    """刊载: the portal shows a release at this address; one that was taken down is revoked."""

    TYPE: ClassVar[str] = "reporting.release-shown-at.v1"
    TITLE: ClassVar[str] = "门户刊载"
    BASIS: ClassVar[str] = "政府信息公开条例 23"
    ON: ClassVar[str] = "shown_on"
    EXAMPLE: ClassVar[dict[str, Any]] = {"url": "https://www.example.gov.cn/content/post_1.html"}

    edition: Edition
    url: WebAddress
    shown_on: Day
    index_number: Text | None = None
    """The portal's own 索引号."""
    content: Digest | None = None
    """Of the page as it went up."""
    told_by: Code
