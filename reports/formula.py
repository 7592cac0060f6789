"""Formulas of plans: arithmetic over named values, exact to the end.

    sum      = term { ("+" | "-") term }        term = factor { ("*" | "/") factor }
    factor   = number | name | "(" sum ")" | "-" factor | ("min" | "max") "(" sum { "," sum } ")"
    relation = sum ("=" | "<" | ">" | "<=" | ">=" | "≤" | "≥") sum

A name is a letter or Chinese character, then letters, digits and _. What is not known, and what is
divided by nothing, has no value; neither has what is made of it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NAME = re.compile(r"[^\W\d_]\w*")
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([^\W\d_]\w*)|(<=|>=|[-+*/(),=<>≤≥×÷−（），]))")
DEEPEST = 20
_SAME = str.maketrans("×÷−（），≤≥", "*/-(),≤≥")
_RELATIONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "≤": operator.le,
    "≥": operator.ge,
}
_CHOOSES: Mapping[str, Callable[[list[Fraction]], Fraction]] = {"min": min, "max": max}
Values = Mapping[str, Fraction | None]
_Node = Callable[[Values], Fraction | None]


class Malformed(ValueError):
    """No formula; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as written, and the names in it, each once, in order."""

    text: str
    names: tuple[str, ...]
    work: _Node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Relation:
    """Two formulas and how they must stand to each other."""

    text: str
    names: tuple[str, ...]
    left: Formula
    right: Formula
    sign: str

    def holds(self, values: Values) -> bool:
        """Whether it is so; what is not known is not so."""
        left, right = self.left.work(values), self.right.work(values)
        return left is not None and right is not None and _RELATIONS[self.sign](left, right)


def number(value: object) -> Fraction | None:
    """A value as formulas take it; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        return None
    return Fraction(value)


def formula(text: str) -> Formula:
    """Read a formula; raises Malformed."""
    reader = _Reader(text)
    work = reader.sum()
    reader.end()
    return Formula(text, tuple(dict.fromkeys(reader.names)), work)


def relation(text: str) -> Relation:
    """Read a relation; raises Malformed."""
    sides = re.split(r"(<=|>=|[=<>≤≥])", text)
    if len(sides) != 3:  # noqa: PLR2004  left, sign, right
        raise Malformed(f"{text!r} is no equation and no inequality")
    left, right = formula(sides[0].strip()), formula(sides[2].strip())
    return Relation(text, tuple(dict.fromkeys(left.names + right.names)), left, right, sides[1])


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[str] = []
        self.tokens = list(self._tokens())
        self.at = 0
        self.depth = 0

    def _tokens(self) -> Iterator[tuple[str, str]]:
        done = 0
        while self.text[done:].strip():
            match = _TOKEN.match(self.text, done)
            if match is None:
                raise Malformed(f"cannot read {self.text[done:].strip()[:20]!r}")
            number, name, sign = match.groups()
            if number:
                yield "number", number
            elif name:
                yield "name", name
            else:
                yield "sign", sign.translate(_SAME)
            done = match.end()

    def next(self, *signs: str) -> str | None:
        """The sign that stands here, where it is one of these; it is passed."""
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return None

    def need(self, sign: str) -> None:
        if self.next(sign) is None:
            raise Malformed(f"{sign!r} is missing")

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise Malformed(f"{self.tokens[self.at][1]!r} is too much")

    def sum(self) -> _Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Malformed(f"more than {DEEPEST} ( within each other")
        node = self.term()
        while sign := self.next("+", "-"):
            node = _both(operator.add if sign == "+" else operator.sub, node, self.term())
        self.depth -= 1
        return node

    def term(self) -> _Node:
        node = self.factor()
        while sign := self.next("*", "/"):
            node = _both(operator.mul if sign == "*" else _divided, node, self.factor())
        return node

    def factor(self) -> _Node:
        if self.next("-"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise Malformed(f"more than {DEEPEST} - before a number")
            negated = _both(operator.sub, lambda _: Fraction(0), self.factor())
            self.depth -= 1
            return negated
        if self.next("("):
            node = self.sum()
            self.need(")")
            return node
        if self.at == len(self.tokens):
            raise Malformed("it does not end")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            number = Fraction(text)
            return lambda _: number
        if kind != "name":
            raise Malformed(f"{text!r} stands where a number, a name or ( should")
        if text in _CHOOSES:
            self.need("(")
            nodes = [self.sum()]
            while self.next(","):
                nodes.append(self.sum())
            self.need(")")
            return _chosen(_CHOOSES[text], nodes)
        self.names.append(text)
        return lambda values: values[text]


def _divided(above: Fraction, below: Fraction) -> Fraction | None:
    return above / below if below else None


def _both(
    work: Callable[[Fraction, Fraction], Fraction | None], left: _Node, right: _Node
) -> _Node:
    def node(values: Values) -> Fraction | None:
        one, other = left(values), right(values)
        return None if one is None or other is None else work(one, other)

    return node


def _chosen(choose: Callable[[list[Fraction]], Fraction], nodes: list[_Node]) -> _Node:
    def node(values: Values) -> Fraction | None:
        found = [each(values) for each in nodes]
        known = [each for each in found if each is not None]
        return choose(known) if len(known) == len(found) else None

    return node
