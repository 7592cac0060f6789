"""Formulas: arithmetic that a clerk would write, exact, and silent about what is not known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reports.formula import Malformed, formula, relation

KNOWN = {"A": Fraction(7), "B": Fraction(3), "未知": None, "零": Fraction(0)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A + B * 2", Fraction(13)),
        ("(A + B) * 2", Fraction(20)),
        ("A / B", Fraction(7, 3)),
        ("A - B - 1", Fraction(3)),
        ("A / B / 2", Fraction(7, 6)),
        ("-A + 10", Fraction(3)),
        ("min(A, B, 5)", Fraction(3)),
        ("max(A, B) * 0.1", Fraction(7, 10)),
        ("（A + B）÷ 2", Fraction(5)),
        ("A × B − 1", Fraction(20)),
        ("A / 零", None),
        ("A + 未知", None),
        ("min(A, 未知)", None),
    ],
)
def test_a_formula_is_worked_out(text: str, value: Fraction | None) -> None:
    assert formula(text).work(KNOWN) == value


def test_a_formula_names_what_it_needs_once() -> None:
    assert formula("F04 / F05 + F04").names == ("F04", "F05")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "A" + ")" * 300,
        "-" * 300 + "A",
        "",
        "A +",
        "A B",
        "(A",
        "A)",
        "1 / / 2",
        "min()",
        "A ; B",
        "3A",
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        formula(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("A = B + 4", True),
        ("A <= B", False),
        ("B ≤ A", True),
        ("A > 6", True),
        ("A = 未知", False),
    ],
)
def test_a_relation_holds_or_not(text: str, *, holds: bool) -> None:
    assert relation(text).holds(KNOWN) is holds


@pytest.mark.parametrize("text", ["A", "A = B = 3", "= A"])
def test_what_is_no_relation_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        relation(text)
