"""The bureau whose ledger it is: one frozen value, made from a folder by `reading`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from domain.bureau.listed import Lists
from domain.bureau.places import Place
from domain.bureau.programmes import Programme, Standard
from domain.bureau.retention import Retention
from domain.bureau.rules import Rules
from domain.bureau.site import Site
from domain.bureau.sources import Source
from domain.calendar import Calendar, Due
from domain.laws import Laws


@dataclass(frozen=True)
class Bureau:
    """What a bureau's folder says, with the national data it stands on.

    Two are the same if their files are: `digest` is the SHA-256 over them, 64 hex characters.
    """

    division: str
    """Its 6 digits (GB/T 2260); also the name of its ledger."""
    name: str
    """As it signs: 某市某区民政局."""
    short: str
    """Of the division, as sentences say it: 某区."""
    whole: str
    """“全区” or “全县”, “本区” or “本县” by `own`."""
    own: str
    province: str
    city: str
    sample: bool
    """Whether its records are invented: then ledgers are made without asking, and say so."""
    publisher: str
    """The source that says what the bureau publishes: which releases it signs."""
    complete_since: date | None
    """The day from which its ledger holds everything; None where nothing older is missing."""
    site: Site
    """What pages say of who keeps them."""
    townships: Mapping[str, Place]
    """In the order of the folder, as tables show them."""
    villages: Mapping[str, Place]
    sources: Mapping[str, Source]
    programmes: Mapping[str, Programme]
    standards: Mapping[str, Standard]
    rules: Rules
    retention: Retention
    """How long what was told of persons is kept."""
    calendar: Calendar
    laws: Laws
    divisions: Mapping[str, str]
    """All counties of the country, and those of before: code → name."""
    files: Mapping[str, bytes] = field(repr=False)
    """Path in the folder (national ones under cn/) → its bytes: what the digest is of."""
    digest: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bureau) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def lists(self) -> Lists:
        """The codes that contracts may name."""
        return Lists(self)

    def place(self, code: str) -> Place | None:
        """A township or village by its code."""
        return self.townships.get(code) or self.villages.get(code)

    def due(self, rule: str, start: date) -> Due | None:
        """Last day of a limit in working days that runs from `start`, so far as it is known.

        None where no limit was in force. Raises KeyError for no parameter.
        """
        working_days = self.rules.number(rule, start)
        if working_days is None:
            return None
        return self.calendar.due_in_working_days(start, working_days)

    def due_in_days(self, rule: str, start: date) -> Due | None:
        """The same of a limit in calendar days (自然日)."""
        days = self.rules.number(rule, start)
        if days is None:
            return None
        last = start + timedelta(days=days)
        return Due(last, last)

    def due_on(self, rule: str, start: date) -> date | None:
        """The last day of such a limit; None, too, where the working days are not known."""
        due = self.due(rule, start)
        return None if due is None else due.day

    def is_over(self, rule: str, start: date, on: date) -> bool | None:
        """Whether such a limit is over on a day; it is not on its last one.

        None where no limit was in force, and where nobody can say.
        """
        due = self.due(rule, start)
        return None if due is None else due.over(on)
