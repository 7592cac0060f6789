"""What stands in braces in a sentence, looked up: figures, statements, measures, words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import get_args

from domain.bureau.reading.tables import cut, listed
from reports.measure import Statement
from reports.plans.plan import (
    Choice,
    Claim,
    FigurePlan,
    Form,
    Names,
    Node,
    Number,
    Period,
    PeriodWord,
    Quantity,
    Show,
)
from reports.plans.quantities import MOST_DIGITS, Known, sliced
from reports.plans.spans import SHIFTS
from reports.plans.syntax import Node as Written
from reports.plans.syntax import Reference

NAMES = {
    "bureau": "name",
    "short": "short",
    "whole": "whole",
    "own": "own",
    "city": "city",
    "province": "province",
}
"""A word → the field of the bureau that it stands for."""
PERIOD_WORDS: tuple[PeriodWord, ...] = get_args(PeriodWord)
_BARE: tuple[Form, ...] = ("number", "alone")
_FORMS = ("name", *_BARE, "list")
_UNIT, _DIGITS = "单位", "位数"
_SHOWN: Mapping[str, Show] = {"": "", "增减": "增减", "增长率": "增长率"}
Note = Callable[[int, str, str], None]
"""Notes what is wrong: line, what, expected."""


class Phrases:
    """Looks up the references of one plan."""

    def __init__(
        self,
        known: Known,
        figures: Mapping[str, FigurePlan],
        statements: Mapping[str, Statement],
        broken: Collection[str] = (),
    ) -> None:
        self.known, self.figures, self.statements = known, figures, statements
        self.broken = broken
        """Ids of what is defined, and wrong: nothing more is said of them."""

    def nodes(self, found: Sequence[Written], note: Note) -> tuple[Node, ...]:
        """What text and references stand for; what stands for nothing is noted and left out."""
        return tuple(self._nodes(found, note))

    def _nodes(self, found: Sequence[Written], note: Note) -> Iterator[Node]:
        for node in found:
            made = node if isinstance(node, str) else self._reference(node, note)
            if made is not None:
                yield made

    def _reference(self, said: Reference, note: Note) -> Node | None:
        for shift in (*said.shift, *said.against):
            if shift not in SHIFTS:
                note(said.line, f"no period @{shift}", f"one of {listed(SHIFTS)}")
                return None
        if said.name in self.broken:
            return None
        if said.name in NAMES:
            name = str(getattr(self.known.bureau, NAMES[said.name]))
            return name if self._bare(said, note) else None
        if said.name in PERIOD_WORDS:
            word = next(word for word in PERIOD_WORDS if word == said.name)
            return Period(word, said.shift) if self._bare(said, note) else None
        if said.name in self.statements:
            return self._claim(said, note)
        return self._number(said, note)

    @staticmethod
    def _bare(said: Reference, note: Note) -> bool:
        """Whether a word is nothing but a word."""
        if said.where or said.show or said.mark:
            note(said.line, f"{{{said.name}}} is a word, and has no cut", f"{{{said.name}}}")
            return False
        return True

    def _claim(self, said: Reference, note: Note) -> Claim | None:
        most = 2
        if said.mark != ":" or len(said.words) > most or said.where or said.show or said.shift:
            note(said.line, f"{{{said.name}}} is a statement", f"{{{said.name}:words|words}}")
            return None
        words = [self.nodes(each, note) for each in said.words]
        return Claim(said.name, words[0], words[1] if len(words) == most else None)

    def _number(self, said: Reference, note: Note) -> Node | None:
        figure = self.figures.get(said.name)
        quantity = self._quantity(said, figure, note)
        if quantity is None:
            return None
        if said.mark == "?":
            return self._choice("" if figure is None else figure.id, quantity, said, note)
        if said.form == "name":
            return quantity.name
        if said.form == "list":
            return self._names(quantity, said, note)
        if said.mark and said.form not in _BARE:
            note(said.line, f"no form {said.form!r} of {said.name}", f"one of {listed(_FORMS)}")
            return None
        form: Form = next((form for form in _BARE if form == said.form), "")
        own = ("", ()) if figure is None else (figure.id, figure.beside)
        return Number(quantity, own[0], form, own[1])

    def _choice(
        self, figure: str, quantity: Quantity, said: Reference, note: Note
    ) -> Choice | None:
        if len(said.words) != 2:  # noqa: PLR2004  one wording or the other
            note(said.line, f"{{{said.name}?…}} needs two wordings", "{F13?yes|no}")
            return None
        yes, no = (self.nodes(each, note) for each in said.words)
        return Choice(figure, quantity, yes, no)

    @staticmethod
    def _names(quantity: Quantity, said: Reference, note: Note) -> Names | None:
        part = quantity.slice
        if part is None or not part.measure.listed:
            note(said.line, f"{said.name} does not name what is behind it", "a measure that does")
            return None
        return Names(quantity)

    def _quantity(self, said: Reference, figure: FigurePlan | None, note: Note) -> Quantity | None:
        where = dict(said.where)
        shape = self._shape(said, where, note)
        if figure is None and said.name not in self.known.measures:
            there = [*self.figures, *self.statements, *self.known.measures, *NAMES, *PERIOD_WORDS]
            near = get_close_matches(said.name, there, 5, 0.3)
            expected = listed(near) if near else "a figure, statement, measure or word"
            note(said.line, f"nothing is called {cut(said.name)!r}", expected)
            return None
        if figure is None:
            return sliced(
                self.known,
                lambda _, what, want: note(said.line, what, want),
                said.name,
                where,
                shape,
            )
        if where:
            note(said.line, f"{said.name} is a figure, and has its cut", "a measure with a cut")
            return None
        own = figure.quantity.moved(shape.shift)
        digits = own.digits if shape.digits is None else shape.digits
        if not shape.show:
            return replace(own, unit=shape.unit or own.unit, digits=digits)
        return replace(own, unit=shape.unit or own.unit, show=shape.show, against=shape.against)

    @staticmethod
    def _shape(said: Reference, where: dict[str, tuple[str, ...]], note: Note) -> Quantity:
        unit = "".join(where.pop(_UNIT, ()))
        digits = "".join(where.pop(_DIGITS, ()))
        if digits and not (digits.isascii() and digits.isdigit() and int(digits) <= MOST_DIGITS):
            note(said.line, f"{_DIGITS}={digits}", f"a number from 0 to {MOST_DIGITS}")
            digits = ""
        return Quantity(
            "",
            shift=said.shift,
            unit=unit,
            digits=int(digits) if digits else None,
            show=_SHOWN[said.show],
            against=said.against,
        )
