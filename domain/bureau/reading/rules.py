"""Dated parameters: the country's, and before them the bureau's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from domain.bureau.parameters import PARAMETERS, Parameter
from domain.bureau.reading.tables import Document, Table, listed, shown
from domain.bureau.rules import Dated, Rules, Value

_DAY = timedelta(days=1)
_ALL = 100
_WORDS = {
    "grades": (
        re.compile(r"[1-7*]/[1-4]"),
        "kind/grade, such as 5/3, or */1 for grade 1 of every kind",
    ),
    "roundings": (re.compile(r"up|down|half-up"), "up, down or half-up"),
}
"""Kind of parameter → how each of the words of its list is written."""


def read_rules(own: Document, national: Document, now: Document | None = None) -> Rules:
    """The rules of both files. The national ones have every parameter.

    Those of a folder that was adopted by an earlier program may lack some, or have others: what
    they lack is as the country has it `now`, and what nobody reads any more is passed over.
    """
    if now is not None:
        own.wrong = national.wrong = []
    ours, theirs = _by_name(own), _by_name(national)
    if now is not None:
        theirs = {**_by_name(now), **theirs}
    for name, parameter in PARAMETERS.items():
        if name not in theirs:
            what = f"the rule {name} ({parameter.title}) is missing"
            national.note((), what, f"[[{name}]] with since, value and basis")
    return Rules({name: (*ours.get(name, ()), *theirs.get(name, ())) for name in PARAMETERS})


def _by_name(document: Document) -> dict[str, tuple[Dated, ...]]:
    found: dict[str, tuple[Dated, ...]] = {}
    top = document.top
    for line in top.keys():  # noqa: SIM118  asking for its keys is more than iterating
        table = top.table(line)
        if table is not None:
            found.update(_of_line(line, table))
    return found


def _of_line(line: str, table: Table) -> Iterator[tuple[str, tuple[Dated, ...]]]:
    for key in table.keys():  # noqa: SIM118
        parameter = PARAMETERS.get(f"{line}.{key}")
        if parameter is not None:
            yield parameter.name, tuple(_values(table, key, parameter))
        else:
            alike = [name for name in PARAMETERS if name.startswith(f"{line}.")]
            what = f"no rule {line}.{key}: nobody reads it"
            table.note(key, what, f"one of {listed(alike or list(PARAMETERS))}")


def _values(table: Table, key: str, parameter: Parameter) -> Iterator[Dated]:
    """The values of one parameter, in the order of time, without gaps."""
    before: Dated | None = None
    for each in table.tables(key):
        since, until = each.span()
        if since is None:
            each.day("since", needed=True)
        value = _value(each, parameter)
        basis = each.text("basis")
        checked = each.flag("checked", default=True)
        each.end()
        if since is None or value is None:
            continue
        dated = Dated(since, until, value, basis, checked)
        if before is not None and before.until is None:
            each.note("since", "the value before has no end", f"until = {since - _DAY} there")
        elif before is not None and before.until is not None and since != before.until + _DAY:
            how = "overlaps" if since <= before.until else "leaves a gap after"
            each.note("since", f"since = {since} {how} the value before", f"{before.until + _DAY}")
        before = dated
        yield dated


def _value(table: Table, parameter: Parameter) -> Value | None:
    if parameter.kind in _WORDS:
        return tuple(_words(table, *_WORDS[parameter.kind]))
    if parameter.kind == "number":
        value = table.number("value")
        if value is not None and parameter.unit == "%" and value > _ALL:
            table.note("value", f"value = {value}", "a share of 100")
        return value
    if "value" not in table:
        table.note("value", "value is missing", "true or false")
    return table.flag("value")


def _words(table: Table, pattern: re.Pattern[str], expected: str) -> Iterator[str]:
    for number, word in enumerate(table.texts("value", needed=True)):
        if pattern.fullmatch(word):
            yield word
        else:
            at = (*table.path, "value", number)
            table.document.note(at, f"value holds {shown(word)}", expected)
