"""Reading a question strictly: every part of it is understood, or all that is wrong is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from api import forms, gate, problems
from api.forms import Form
from api.problems import Problem, Wrong
from api.question import NAME, view_of
from api.read.shape import Field, Operation, Parameter
from api.view import View
from reports.moment import YEARS, day_of, period_of, position_of

MOST_ROWS, USUAL_ROWS = 1_000, 100
LONGEST = 200
"""Characters of a value."""
LONGEST_CURSOR = 1_000
HINT = "改正 errors 所指的参数后重试；各参数的写法见 /api"
_FORMS: tuple[Form, ...] = ("json",)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_MONTH = re.compile("[0-9]{4}(-(0[1-9]|1[0-2]))?")
_PERIODS = "2024、2024-H1、2024-Q3、2024-03 或 2024-03/ytd"


async def public(request: Request) -> View:
    """The ledger that is asked about, as the public sees it. Raises Problem."""
    if forms.wanted(request, _FORMS) is None:
        raise problems.not_acceptable(
            "数据接口只有 JSON（application/json），没有所要的格式",
            "把 Accept 写作 application/json，或者不写；表格文件在各网页的页脚",
        )
    named = request.query_params.getlist(LEDGER.name)
    question = {}
    if len(named) == 1:
        try:
            question[LEDGER.name] = LEDGER.read(named[0])
        except ValueError:
            raise problem([wrong(LEDGER, named[0])]) from None
    view = await view_of(request, question)
    return view.as_public()


def read(request: Request, operation: Operation) -> dict[str, Any]:
    """The values that are asked with, by parameter. Raises Problem."""
    known = {each.name: each for each in operation.query}
    given = request.query_params
    names = [name for name in given if name != gate.PARAMETER]
    errors: list[Wrong] = []
    asked: dict[str, Any] = {}
    for name in names:
        values = given.getlist(name)
        parameter = known.get(name)
        if parameter is None:
            errors.append(problems.unknown_parameter(name, tuple(known)))
        elif len(values) > 1:
            said = f"参数 {name} 只能给一次"
            errors.append(Wrong(f"/query/{name}", said, parameter.expected))
        else:
            try:
                asked[name] = parameter.read(values[0])
            except ValueError:
                errors.append(wrong(parameter, values[0]))
    if errors:
        raise problem(errors)
    return asked


def wrong(parameter: Parameter, value: str, why: str = "") -> Wrong:
    """What is wrong with a value."""
    shown = value if len(value) <= problems.LONGEST_NAME else f"{value[: problems.LONGEST_NAME]}…"
    said = f"{parameter.name} {why or f'应为{parameter.expected}'}，不是 {shown or '空的'}"
    where = "path" if parameter.in_path else "query"
    return Wrong(f"/{where}/{parameter.name}", said, parameter.expected)


def problem(errors: list[Wrong]) -> Problem:
    """The answer to a question of which parts are wrong."""
    return problems.wrong_question(errors, HINT)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _integer(text: str) -> int:
    return int(_matching(_INTEGER, text))


def _text(text: str) -> str:
    if not 0 < len(text) <= LONGEST:
        raise ValueError(text)
    return text


def _search(text: str) -> str:
    if not _text(text).strip():
        raise ValueError(text)
    return text


def _limit(text: str) -> int:
    number = int(_matching(re.compile("[1-9][0-9]{0,3}"), text))
    if number > MOST_ROWS:
        raise ValueError(text)
    return number


def _division(text: str) -> str:
    return _matching(NAME, text)


def _period(text: str) -> str:
    period_of(text)
    return text


def _cursor(text: str) -> str:
    return _matching(re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_CURSOR}}}"), text)


def code(name: str, title: str, names: Mapping[str, str]) -> Parameter:
    """One of a list of codes."""
    there = "、".join(f"{each}（{called}）" for each, called in names.items())

    def one(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    schema = {"type": "string", "enum": list(names), "x-labels": dict(names)}
    return Parameter(name, f"只要{title}为此的", schema, f"其中之一：{there}", one)


def yes(name: str, title: str) -> Parameter:
    """True or false."""
    taken = {"true": True, "false": False}

    def one(text: str) -> bool:
        if text not in taken:
            raise ValueError(text)
        return taken[text]

    return Parameter(name, f"只要{title}为此的", {"type": "boolean"}, "是否：true 或 false", one)


def text(name: str, title: str) -> Parameter:
    """A text, to the letter."""
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    return Parameter(
        name, f"只要{title}与此完全相同的", schema, f"文字，1 至 {LONGEST} 个字", _text
    )


def number(name: str, title: str) -> Parameter:
    """An integer."""
    schema = {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1}
    return Parameter(name, f"只要{title}为此数的", schema, "不超过 18 位的整数", _integer)


def days(name: str, title: str) -> tuple[Parameter, Parameter]:
    """The first and the last day."""
    schema = {"type": "string", "format": "date"}
    expected = f"日期，写作 2024-12-31，年份为 {YEARS}"
    return (
        Parameter(f"{name}_from", f"只要{title}在此日或以后的", schema, expected, day_of),
        Parameter(f"{name}_to", f"只要{title}在此日或以前的", schema, expected, day_of),
    )


def periods(name: str, title: str) -> tuple[Parameter, Parameter]:
    """The first and the last month or year."""
    schema = {"type": "string", "pattern": f"^{_MONTH.pattern}$"}
    expected = f"月份或年份，写作 2024-11、2024，年份为 {YEARS}"

    def one(text: str) -> str:
        period_of(_matching(_MONTH, text))
        return text

    return (
        Parameter(f"{name}_from", f"只要{title}在此期或以后的", schema, expected, one),
        Parameter(f"{name}_to", f"只要{title}在此期或以前的", schema, expected, one),
    )


def chosen(fields: Iterable[Field]) -> Parameter:
    """`fields`: the members of rows that are wanted, and no others."""
    names = [each.name for each in fields]

    def some(given: str) -> tuple[str, ...]:
        wanted = tuple(given.split(","))
        if not set(wanted) <= set(names) or len(set(wanted)) < len(wanted):
            raise ValueError(given)
        return wanted

    return Parameter(
        "fields",
        "每行只要这些字段，以逗号分隔；不写即为全部",
        {
            "type": "array",
            "items": {"type": "string", "enum": names},
            "minItems": 1,
            "uniqueItems": True,
        },
        f"以逗号分隔、不重复的字段名：{'、'.join(names)}",
        some,
    )


def ordered(names: Iterable[str], usual: str) -> Parameter:
    """`sort`: a column, either way."""
    ways = [f"{sign}{name}" for name in names for sign in ("", "-")]

    def one(given: str) -> str:
        if given not in ways:
            raise ValueError(given)
        return given

    schema = {"type": "string", "enum": ways, "default": usual}
    says = f"按哪一列排序，前加 - 为从后到前；不写即为 {usual}"
    return Parameter("sort", says, schema, f"其中之一：{'、'.join(ways)}", one)


LEDGER = Parameter(
    "ledger",
    "哪一个账本；不写即为本单位的",
    {"type": "string", "pattern": f"^{NAME.pattern}$"},
    "行政区划代码，6 位",
    _division,
)
ASOF = Parameter(
    "asof",
    "截至哪一天；不写即为账本记到的那一天",
    {"type": "string", "format": "date"},
    f"日期，写作 2024-12-31，年份为 {YEARS}",
    day_of,
)
AT = Parameter(
    "at",
    "按账本记到哪个位置时所知的；不写即为最近",
    {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
    "账本位置：不小于 0、不大于账本现在位置的整数",
    position_of,
)
PERIOD = Parameter(
    "period",
    "哪一年的年度报告；不写即为最近发布的一年",
    {"type": "string", "maxLength": LONGEST},
    f"期间，写作 {_PERIODS}，年份为 {YEARS}",
    _period,
)
SEARCH = Parameter(
    "q",
    "只要含有这些字的",
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"},
    f"文字，1 至 {LONGEST} 个字，不全是空格",
    _search,
)
LIMIT = Parameter(
    "limit",
    f"一次最多多少行；不写即为 {USUAL_ROWS}",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
    f"整数，1 至 {MOST_ROWS}",
    _limit,
)
AFTER = Parameter(
    "after",
    "从上一次答复的 next 接着读；其他参数须与上一次相同，limit 和 fields 可以不同",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR, "pattern": "^[A-Za-z0-9_-]+$"},
    "上一次答复的 next 中的 after，一字不改",
    _cursor,
)
PAGED = (LIMIT, AFTER)


def id_of(says: str) -> Parameter:
    """What names one of them, in the path."""
    return Parameter("id", says, {"type": "string", "minLength": 1}, "编号", in_path=True)
