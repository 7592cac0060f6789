"""National data: laws by date, divisions."""

from __future__ import annotations

from datetime import date

import pytest

from domain.bureau.reading import FolderWrong, read
from domain.laws import Law
from tests.support.bureau import SAMPLE


def in_force(title: str, on: str) -> str | None:
    """The edition in force on a day."""
    law: Law | None = SAMPLE.laws.in_force(title, date.fromisoformat(on))
    return None if law is None else law.document


@pytest.mark.parametrize(
    ("title", "on", "edition"),
    [
        ("行政复议法", "2023-12-31", "2017修正"),
        ("行政复议法", "2024-01-01", "2023修订"),
        ("保守国家秘密法", "2024-04-30", "2010修订"),
        ("保守国家秘密法", "2024-05-01", "2024修订"),
        ("殡葬管理条例", "2012-11-09", "国令225号"),
        ("殡葬管理条例", "2013-01-01", "2012修正（国令628号）"),
        ("婚姻登记条例", "2025-01-19", "国令387号"),
        ("婚姻登记条例", "2025-05-09", "国令387号（国令797号修订）"),
        ("婚姻登记条例", "2025-05-10", "国令804号"),
        ("慈善法", "2024-09-04", "2016"),
        ("中华人民共和国慈善法", "2024-09-05", "2023修正"),
        ("殡葬管理条例", "2026-03-30", "2026修订"),
        ("地名管理条例实施办法", "2024-04-30", None),
        ("行政强制法", "2011-12-31", None),
        ("广东省优化营商环境条例", "2024-06-01", "2022"),
    ],
)
def test_the_edition_in_force_is_found(title: str, on: str, edition: str | None) -> None:
    """Dates of force as the texts state them; the last one is the bureau's own list."""
    assert in_force(title, on) == edition


@pytest.mark.parametrize(
    "title",
    [
        "行政复议法",
        "保守国家秘密法",
        "行政诉讼法",
        "广东省社会救助条例",
        "养老机构管理办法",
        "志愿服务条例",
        "行政强制法",
        "广东省行政检查办法",
    ],
)
def test_laws_that_are_taught_are_known(title: str) -> None:
    """A lecture on a law that the table lacked left the report's claim unproven."""
    assert in_force(title, "2024-06-30") is not None


@pytest.mark.parametrize(
    ("code", "name"),
    [("110101", "东城区"), ("442000", "中山市"), ("110103", "崇文区"), ("650102", "天山区")],
)
def test_counties_have_names_also_those_of_before(code: str, name: str) -> None:
    """崇文区 was joined to 东城区 in 2010; old identity numbers begin with its code."""
    assert SAMPLE.divisions[code] == name


def test_a_folder_adopted_before_a_parameter_was_there_is_read_with_it() -> None:
    """And what its program knew, and this one does not, is passed over."""
    national = SAMPLE.files["cn/rules.toml"]
    first = national.index(b"\n[[")
    second = national.index(b"\n[[", first + 1)
    before = (
        national[:first]
        + b"\n[[elderly.gone]]\nsince = 2020-01-01\nvalue = 1\n"
        + national[second:]
    )
    files = {**SAMPLE.files, "cn/rules.toml": before}

    with pytest.raises(FolderWrong):
        read(files)
    assert read(files, national).rules == SAMPLE.rules
