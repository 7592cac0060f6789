"""What a case must know of its person: the age of a child, the card of a disabled person.

Support of a child ends with the month of the 18th birthday, but for full-time schooling (R-CH-03);
a subsidy ends with the month in which the card is no longer valid, or no longer fits (R-DS-03).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from domain.aggregate import evolves
from domain.assistance.benefits import Entitlement
from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from domain.calendar import month_of
from domain.cases.decisions import Breach, card_breaches
from domain.cases.procedure import Procedure
from domain.casework import PersonalGrant
from domain.children import ChildEntitlement, SupportExtendedWhileStudying
from domain.disability import CardCancelled, CardChanged


class Supported(Procedure):
    """Months are "YYYY-MM"; empty = nothing known."""

    STREAM: ClassVar[str] = "case"

    adult_from: str = ""
    """Month of the child's 18th birthday."""
    studies_until: str = ""
    card_until: str = ""
    """Last month in which the card is valid."""
    card: tuple[int, int] | None = None
    """Category and grade of a card that came after the approval."""
    card_since: str = ""
    """The month in which it came."""

    @property
    def conditional(self) -> bool:
        """Whether there is anything to look at when a month is paid."""
        return bool(self.adult_from or self.card_until or self.card)

    def person_breaches(
        self, months: Iterable[str], on: date, programme: Programme | None, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-CH-03, R-CH-04, R-DS-06: the child is under age or studies; the card is valid, fits."""
        last = max(months)
        if self.adult_from and last > max(self.adult_from, self.studies_until):
            return ("paid-though-of-age",)
        if self.card_until and last > self.card_until:
            return ("card-not-valid",)
        if self.card is None or programme is None or last <= self.card_since:
            return ()
        return card_breaches(*self.card, on, bureau, filter(None, (programme.grades,)))

    def is_of(self, decision: Entitlement | ChildEntitlement | PersonalGrant) -> None:
        """A decision says whose case it is from now on."""
        child = getattr(decision, "child", None)
        self.of_child = child is not None
        self.adult_from = "" if child is None else child.adult_from or ""
        self._has(getattr(decision, "card_valid_until", None))
        self.card, self.card_since = None, ""

    @evolves
    def on_studies(self, event: SupportExtendedWhileStudying) -> None:
        self.studies_until = event.until_month

    @evolves
    def on_card_changed(self, event: CardChanged) -> None:
        self._has(event.card_valid_until)
        self.card = (event.holder.card_category, event.holder.card_grade)
        self.card_since = month_of(event.changed_on)

    @evolves
    def on_card_cancelled(self, event: CardCancelled) -> None:
        self.card_until = month_of(event.cancelled_on)

    def _has(self, valid_until: date | None) -> None:
        self.card_until = "" if valid_until is None else month_of(valid_until)
