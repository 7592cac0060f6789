"""Beginning the folder of a bureau: whole at once, with what the country says, to be gone over."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from domain.bureau.parameters import PARAMETERS
from domain.bureau.reading import NATIONAL
from domain.bureau.reading.national import divisions
from domain.bureau.reading.rules import read_rules
from domain.bureau.reading.tables import Document
from domain.bureau.rules import Dated, Value
from infra.bureaus import SHIPPED

_FORMS = SHIPPED / "new"
_STATISTICAL = "4"
"""From here on the seventh digit is of an area that is no 街道, 镇 or 乡 (GB/T 10114)."""
_MUNICIPALITIES = ("11", "12", "31", "50")
"""First digits of 北京, 天津, 上海 and 重庆: they have no cities."""


class CannotBegin(ValueError):
    """No such folder can be begun; the message says why."""


def begin(division: str, folder: Path) -> tuple[str, ...]:
    """Write a new folder; the names of its files. Raises CannotBegin, and OSError."""
    if folder.is_dir() and any(folder.iterdir()):
        raise CannotBegin(f"{folder} 不是空目录 / is not empty")
    file = f"{NATIONAL}divisions.csv"
    names = divisions({file: (SHIPPED / file).read_bytes()}, [])
    if not names.get(division) or _has_counties(division, names):
        raise CannotBegin(f"没有县级区划代码 {division} / no county has this code (GB/T 2260)")
    filled = {
        "bureau.toml": _bureau(division, names),
        "townships.toml": "\n".join(_townships(division, names[division])),
        "sources.toml": (_FORMS / "sources.toml").read_text(encoding="utf-8"),
        "programmes.toml": (_FORMS / "programmes.toml").read_text(encoding="utf-8"),
        "rules.toml": "\n".join(_rules()),
        "plans/monthly.md": (_FORMS / "plans/monthly.md").read_text(encoding="utf-8"),
    } | {
        f"rosters/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted((_FORMS / "rosters").glob("*.toml"))
    }
    for name, text in filled.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(filled)


def _has_counties(division: str, names: dict[str, str]) -> bool:
    """Whether it is a province or a city with counties of its own (中山 has none)."""
    above = division.rstrip("0") if division.endswith("0000") else division[:4]
    return division.endswith("00") and any(
        code.startswith(above) and not code.endswith("00") for code in names
    )


def _bureau(division: str, names: dict[str, str]) -> str:
    short = names[division]
    province = names[f"{division[:2]}0000"]
    city = "" if division[:2] in _MUNICIPALITIES else names.get(f"{division[:4]}00", "")
    city = "" if city == short else city
    above = city or (province if division[:2] in _MUNICIPALITIES else "")
    text = (_FORMS / "bureau.toml").read_text(encoding="utf-8")
    for key, value in {
        "division": division,
        "name": f"{above}{short}民政局",
        "short": short,
        "whole": f"全{short[-1]}",
        "own": f"本{short[-1]}",
        "province": province,
        "city_line": f'city = "{city}"\n' if city else "",
    }.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _townships(division: str, name: str) -> Iterator[str]:
    yield f"# {name}的街道、镇、乡（统计用区划代码）。"
    yield "# TODO 核对名单；城乡（area）暂按街道为城市、镇和乡为农村。已撤并的写 until = 最后一日。"
    found = False
    with (_FORMS / "townships.csv").open(encoding="utf-8", newline="") as lines:
        for code, called in csv.reader(lines):
            if code.startswith(division):
                found = True
                yield from _township(code, called)
    if not found:
        yield from _township(f"{division}001", "待填写街道")
    yield ""


def _township(code: str, called: str) -> Iterator[str]:
    yield from ("", "[[township]]", f'code = "{code}"', f'name = "{called}"')
    if code[6] >= _STATISTICAL:
        yield "statistical = true"
    else:
        yield f'area = "{"urban" if code[6] == "0" else "rural"}"'


def _rules() -> Iterator[str]:
    """All national parameters as remarks: what is taken over is made a line of the folder."""
    yield "# 本地参数。下列为全国规定，不同的去掉行首 # 并改写：since 起，basis 为本地依据。"
    file = f"{NATIONAL}rules.toml"
    own, national = Document("", b"", []), Document(file, (SHIPPED / file).read_bytes(), [])
    rules = read_rules(own, national)
    for name, parameter in PARAMETERS.items():
        unit = f"（{parameter.unit}）" if parameter.unit else ""
        yield from ("", f"# {parameter.title}{unit}")
        for dated in rules.by_name[name]:
            yield from _rule(name, dated)
    yield ""


def _rule(name: str, dated: Dated) -> Iterator[str]:
    yield f"# [[{name}]]"
    yield f"# since = {dated.since}"
    if dated.until is not None:
        yield f"# until = {dated.until}"
    yield f"# value = {_toml(dated.value)}"
    yield f'# basis = "{dated.basis}"'


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return str(value)
