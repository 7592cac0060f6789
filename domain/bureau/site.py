"""What pages say of the office that keeps them (主办单位)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """What a folder does not state is empty, and stands on no page."""

    index_code: str = ""
    """The office's part of an 索引号: its organisation code or 统一社会信用代码."""
    address: str = ""
    phone: str = ""
    """Of the office, never of a person."""
    site_code: str = ""
    """网站标识码 of the site that shows the pages: 10 characters."""
    icp: str = ""
    """ICP备案号."""
    police: str = ""
    """公安备案号."""
    url: str = ""
    """Where the pages are seen, without a slash at its end: https://mz.example.gov.cn."""

    @property
    def said(self) -> list[tuple[str, str]]:
        """What there is of it, with its name."""
        named = (
            ("地址", self.address),
            ("联系电话", self.phone),
            ("网站标识码", self.site_code),
            ("备案号", self.icp),
            ("公安备案号", self.police),
        )
        return [(name, value) for name, value in named if value]
