"""骨灰安放 of a year: keeping bodies, two forms in two versions, certificates, placements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from domain.event import Person
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    CremationRecorded,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyTakenOver,
)
from domain.identifiers import TOWNSHIPS
from infra.sample.feed import Feed, Truth, dice
from infra.sample.people import People

SOURCE = "funeral"
DEATHS = 560
PRINTED = 2000
"""Blanks printed of each kind and version."""
FORM_KINDS: tuple[FormKind, ...] = ("promise", "receipt")
BodyKind = Literal["columbarium", "public-cemetery", "temple"]
KINDS: tuple[tuple[BodyKind, str], ...] = (
    ("columbarium", "骨灰楼"),
    ("public-cemetery", "公益性公墓"),
    ("temple", "寄存堂"),
)


def send(feed: Feed, year: int) -> Truth:
    """Send the funeral office's year; no monthly figure of the report comes of it."""
    roll = dice("funeral", year)
    people = People(roll, 7)
    start, change = date(year, 1, 1), date(year, 3, 15)
    bodies = _bodies(feed, start)
    used = _forms(feed, year, change)
    deaths = sorted(start + timedelta(days=roll.randrange(360)) for _ in range(DEATHS))
    for n, died_on in enumerate(deaths, start=1):
        born = date(year - roll.randrange(55, 95), roll.randrange(1, 13), 1)
        deceased = Person(
            id_kind="resident-id",
            id_number=people.id_number(born, man=roll.random() < 0.5),
            name=people.name(),
        )
        cremated_on = died_on + timedelta(days=roll.randrange(1, 4))
        feed.send(
            SOURCE,
            f"cremation-{year}-{n:04d}",
            CremationRecorded(
                record=f"HH-{year}-{n:04d}",
                deceased=deceased,
                died_on=died_on,
                cremated_on=cremated_on,
            ),
        )
        version = "old" if cremated_on < change else "new"
        numbers = {}
        for kind in FORM_KINDS:
            form = f"{kind}-{version}"
            used[form] += 1
            if used[form] in (40, 77):  # every hundredth form or so is spoiled
                _void(feed, form, kind, used[form], cremated_on)
                used[form] += 1
            numbers[kind] = used[form]
            feed.send(
                SOURCE,
                f"{form}-{used[form]:05d}",
                AshesCertificateIssued(
                    form=form,
                    kind=kind,
                    number=used[form],
                    deceased=deceased,
                    issued_on=cremated_on,
                    issuer=f"BY-{roll.randrange(1, 4):02d}",
                ),
            )
        if n % 5:
            feed.send(
                SOURCE,
                f"placed-{year}-{n:04d}",
                AshesPlaced(
                    body=roll.choice(bodies),
                    deceased=deceased,
                    receipt_form=f"receipt-{version}",
                    receipt_number=numbers["receipt"],
                    placed_on=cremated_on,
                ),
            )
    _seal(feed, used, change)
    for kind in FORM_KINDS:
        feed.send(
            SOURCE,
            f"count-{kind}-{year}",
            FormStockCounted(
                form=f"{kind}-new",
                kind=kind,
                blank=PRINTED - used[f"{kind}-new"],
                counted_on=date(year, 12, 31),
            ),
        )
    return {}


def _bodies(feed: Feed, start: date) -> list[str]:
    townships = list(TOWNSHIPS)
    codes = [f"GH-{n:02d}" for n in range(1, 13)]
    for n, code in enumerate(codes):
        kind, title = KINDS[n % len(KINDS)]
        feed.send(
            SOURCE,
            f"body-{code}",
            KeepingBodyTakenOver(
                body=code,
                name=f"示例{title}{n + 1}号",
                kind=kind,
                township=townships[n % len(townships)],
                registered_on=date(2008 + n, 6, 1),
            ),
            received=start,
        )
    return codes


def _forms(feed: Feed, year: int, change: date) -> dict[str, int]:
    """Print both versions of both kinds; returns how many of each were used so far: none."""
    used: dict[str, int] = {}
    for kind in FORM_KINDS:
        for version, printed_on, from_day in (
            ("old", date(year, 1, 1), date(year, 1, 1)),
            ("new", date(year, 3, 1), change),
        ):
            form = f"{kind}-{version}"
            used[form] = 0
            feed.send(
                SOURCE,
                f"printed-{form}",
                FormStockPrinted(
                    form=form,
                    kind=kind,
                    first_number=1,
                    last_number=PRINTED,
                    printed_on=printed_on,
                ),
            )
            feed.send(
                SOURCE,
                f"activated-{form}",
                FormVersionActivated(
                    form=form,
                    kind=kind,
                    activated_on=from_day,
                    notice_number=f"示例殡〔{year}〕{4 if version == 'new' else 1}号",
                    replaces=f"{kind}-old" if version == "new" else None,
                ),
            )
    return used


def _void(feed: Feed, form: str, kind: FormKind, number: int, on: date) -> None:
    feed.send(
        SOURCE,
        f"voided-{form}-{number:05d}",
        FormVoided(form=form, kind=kind, number=number, voided_on=on, reason="填写错误"),
    )


def _seal(feed: Feed, used: dict[str, int], on: date) -> None:
    """What was left of the old forms, put under seal the day the new ones came into use."""
    for kind in FORM_KINDS:
        first = used[f"{kind}-old"] + 1
        feed.send(
            SOURCE,
            f"sealed-{kind}-old",
            FormStockSealed(
                form=f"{kind}-old",
                kind=kind,
                first_number=first,
                last_number=PRINTED,
                sealed_on=on,
                count=PRINTED - first + 1,
                witnesses=("BY-01", "JB-03"),
            ),
        )
