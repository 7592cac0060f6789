"""What a table of TOML, or a reference in a sentence, asks to be counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from domain.bureau.bureau import Bureau
from domain.bureau.reading.tables import Table, listed, shown
from reports import formula
from reports.formula import Formula
from reports.measure import Check, Cut, Measure, Slice, Unknown
from reports.plans.plan import Quantity, Rounding, Show
from reports.plans.spans import SHIFTS

ROUNDINGS: tuple[Rounding, ...] = ("half-up", "down")
SHOWS: tuple[Show, ...] = ("增减", "增长率")
MONEY = ("元", "万元", "亿元")
"""Units of money, each 10,000 times the one before."""
MOST_DIGITS = 6
Say = Callable[[str, str, str], None]
"""Notes what is wrong: key, what, expected."""
Where = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Known:
    """What plans of a bureau may name."""

    bureau: Bureau
    measures: Mapping[str, Measure]
    checks: Mapping[str, Check]
    _slices: dict[tuple[Any, ...], Slice] = field(default_factory=dict, compare=False, repr=False)

    def slice(self, name: str, where: Where) -> Slice:
        """A measure under a cut of codes or names. Raises Unknown."""
        if name not in self.measures:
            raise Unknown(f"没有指标“{name}”；有{'、'.join(self.measures)}")
        measure = self.measures[name]
        cut = {}
        for dimension, values in where.items():
            there = measure.dimension(dimension)
            cut[dimension] = tuple(dict.fromkeys(there.code(self.bureau, v) for v in values))
        return self._slice(measure, cut)

    def _slice(self, measure: Measure, cut: Cut) -> Slice:
        key = (measure.name, tuple(sorted(cut.items())))
        if key not in self._slices:
            parts = tuple(self._slice(self.measures[used], cut) for used in measure.uses)
            self._slices[key] = Slice(measure, self.bureau, cut, parts)
        return self._slices[key]


def where_of(table: Table, key: str = "where") -> Where:
    """A cut as sentences have it, too: 保障类别=低保 城乡=城市、农村."""
    return cut_of(table.text(key, needed=False), partial(table.note, key))


def cut_of(text: str, say: Callable[[str, str], None]) -> Where:
    """The dimensions of a cut, and the values of each; what is wrong is noted."""
    cut: dict[str, tuple[str, ...]] = {}
    for part in text.split():
        dimension, _, values = part.partition("=")
        if not dimension or not values or dimension in cut:
            say(f"{part!r} in {shown(text)}", "保障类别=低保 城乡=城市、农村")
        else:
            cut[dimension] = tuple(value for value in values.split("、") if value)
    return cut


def shift_of(table: Table, key: str) -> tuple[str, ...]:
    """A period as TOML has it: one word, or several with @ between them."""
    text = table.text(key, needed=False)
    words = tuple(word for word in text.split("@") if word)
    for word in words:
        if word not in SHIFTS:
            table.note(key, f"{key} = {shown(text)}", f"one of {listed(SHIFTS)}")
            return ()
    return words


def shape_of(table: Table) -> Quantity:
    """How a number is made and shown, whatever is counted."""
    digits = table.number("digits") if "digits" in table else None
    if digits is not None and digits > MOST_DIGITS:
        table.note("digits", f"digits = {digits}", f"at most {MOST_DIGITS}")
    show = table.one_of("show", SHOWS, needed=False) or ""
    against = shift_of(table, "against")
    if bool(show) != bool(against):
        key = "show" if show else "against"
        table.note(key, f"{key} without {'against' if show else 'show'}", "both or neither")
    table.raw("digits")
    return Quantity(
        "",
        shift=shift_of(table, "shift"),
        unit=table.text("unit", needed=False),
        digits=digits,
        rounding=table.one_of("rounding", ROUNDINGS, needed=False) or "half-up",
        show=show,
        against=against,
    )


def sliced(known: Known, say: Say, name: str, where: Where, shape: Quantity) -> Quantity | None:
    """A measure under a cut, in some shape; None, and noted, where there is no such thing."""
    try:
        part = known.slice(name, where)
    except Unknown as error:
        key = "measure" if name not in known.measures else "where"
        what, _, expected = str(error).partition("；")
        say(key, what, expected)
        return None
    made = replace(shape, name=shape.name or name, slice=part)
    return made if _fits(say, part.measure, made) else None


def _fits(say: Say, measure: Measure, quantity: Quantity) -> bool:
    """Whether unit and form go with what is counted."""
    unit = quantity.unit
    if measure.is_money and unit and unit not in MONEY and not unit.startswith(MONEY):
        say("unit", f"unit = {shown(unit)} of {measure.name}", f"one of {listed(MONEY)}")
        return False
    if quantity.show and measure.kind in ("date", "state"):
        say("show", f"{measure.name} is no number", "a number")
        return False
    return True


def parsed(say: Say, key: str, text: str) -> Formula | None:
    """A formula; None, and noted, where it is none."""
    try:
        return formula.formula(text)
    except formula.Malformed as error:
        say(key, f"{key} = {shown(text)}: {error}", "+ - * / ( ) min max over names and numbers")
        return None


def missing(
    say: Say, key: str, names: Sequence[str], there: Mapping[str, Any], but: Collection[str] = ()
) -> bool:
    """Whether a formula names what is not there; that is noted, but for what is wrong itself."""
    lacking = [name for name in names if name not in there]
    for name in lacking:
        if name not in but:
            say(key, f"{name!r} is not there", f"one of {listed(there)}")
    return bool(lacking)
