"""How long what names persons is kept: every class by name, none shorter than in the country."""

from __future__ import annotations

from datetime import date

import pytest

from domain.bureau.reading import FolderWrong, read
from domain.bureau.retention import class_of
from domain.catalogue import EVENTS
from domain.form import names_persons
from tests.support.bureau import SAMPLE

NATIONAL, OWN = "cn/retention.toml", "retention.toml"


def test_every_class_that_names_persons_has_a_period() -> None:
    without = [
        name
        for name, event in EVENTS.items()
        if names_persons(event) and SAMPLE.retention.of(name) is None
    ]
    assert without == [], "nobody said how long these are kept: bureaus/cn/retention.toml"


def test_every_class_that_is_named_is_there() -> None:
    known = {class_of(name) for name in EVENTS} | {name.partition(".")[0] for name in EVENTS}
    for period in SAMPLE.retention.all:
        assert (period.classes | period.closes | period.reopens) <= known, period.name


@pytest.mark.parametrize(
    ("type_name", "name", "years"),
    [
        ("marriage.marriage-registered.v1", "marriage", 100),
        ("assistance.payment-settled.v1", "payments", 30),
        ("assistance.case-taken-over.v1", "assistance", 30),
        ("adoption.adoption-applied.v1", "adoption", None),
    ],
)
def test_a_class_stands_before_its_line(type_name: str, name: str, years: int | None) -> None:
    period = SAMPLE.retention.of(type_name)
    assert period is not None
    assert (period.name, period.years) == (name, years)


def test_what_is_no_class_has_no_period() -> None:
    assert SAMPLE.retention.of("placename.name-approved.v1") is None


def test_a_period_ends_with_a_year() -> None:
    period = SAMPLE.retention.of("assistance.payment-settled.v1")
    assert period is not None
    assert period.until(date(1994, 1, 1)) == date(2024, 12, 31)


def _own(text: str) -> dict[str, bytes]:
    return {**SAMPLE.files, OWN: text.encode()}


@pytest.mark.parametrize(
    ("how", "years"), [("years = 50", 50), ("for_ever = true", None)], ids=["longer", "for ever"]
)
def test_a_bureau_keeps_longer(how: str, years: int | None) -> None:
    told = f'[[period]]\nname = "payments"\n{how}\nbasis = "本地规定"\n'
    period = read(_own(told)).retention.of("assistance.payment-settled.v1")
    assert period is not None
    assert (period.years, period.basis) == (years, "本地规定")


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ('name = "payments"\nyears = 29\nbasis = "x"', "not longer"),
        ('name = "payments"\nyears = 30\nbasis = "x"', "not longer"),
        ('name = "adoption"\nyears = 1000\nbasis = "x"', "not longer"),
        ('name = "pensions"\nyears = 50\nbasis = "x"', "no period pensions"),
        ('name = "payments"\nyears = 50', "basis is missing"),
        ('name = "payments"\nbasis = "x"', "years is missing"),
        ('name = "payments"\nyears = 50\nfor_ever = true\nbasis = "x"', "kept for ever"),
        ('name = "payments"\nyears = 50\nbasis = "x"\ntitle = "y"', "unknown key"),
    ],
)
def test_it_never_keeps_shorter_and_says_on_what_basis(told: str, what: str) -> None:
    with pytest.raises(FolderWrong) as wrong:
        read(_own(f"[[period]]\n{told}\n"))
    assert any(what in each.what for each in wrong.value.all)


def test_a_folder_that_was_adopted_before_there_were_periods_keeps_for_ever() -> None:
    files = {path: raw for path, raw in SAMPLE.files.items() if path != NATIONAL}
    with pytest.raises(FolderWrong):
        read(files)
    bureau = read(files, files["cn/rules.toml"])
    assert bureau.retention.of("assistance.payment-settled.v1") is None
