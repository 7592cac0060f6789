"""What an audit rule is: data, with what it looks at and what it finds there.

A breach noted with an entry says how the fact stood when it arrived. A finding (疑点) says how it
stands at the moment asked about: a correction or a late fact since may have made it, or undone it.

A rule stands in a module of its own, as RULE. It finds in one of three ways:

- `breaches`: what the domain's judges say of a fact, judged anew whenever its stream is corrected
  or told something late. For what one stream shows by itself.
- `rows`, and perhaps `find`: rows of read models about a subject (a case, a person, a batch), and
  what is wrong with them. For what several streams show, and for what should have happened and did
  not.
- `lacks`: what it would need and the ledger is never told (缺数据).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from domain.bureau.bureau import Bureau
from domain.catalogue import modules
from domain.codes import Labels

Severity = Annotated[
    Literal["unlawful", "incomplete", "data"], Labels("违法违规", "手续不全", "数据质量")
]
Row = Mapping[str, Any]


class Found(NamedTuple):
    """Something that breaks a rule, or of which nobody can say whether it does.

    It stands on the days from `valid_from` up to, not including, `valid_to` (None = for good). A
    duty that falls due on a day is not kept from the day after; nothing that happens later than a
    day may make a difference to what stands on it.
    """

    key: str
    """Tells it from others of the same rule and subject; the same for as long as it is the same
    matter, whatever else becomes known."""
    what: str
    """In a clerk's words, in Chinese; no name or number of a person."""
    valid_from: date
    position: int
    """Of the entry that breaks the rule, or from which the duty follows that was not kept."""
    valid_to: date | None = None
    on_date: date | None = None
    """Business date of the matter; None = `valid_from`."""
    amount_fen: int | None = None
    """The money in question."""
    township: str | None = None
    undecidable: bool = False
    """Nobody can say: the working days of a year are not known, say."""
    severity: Severity | None = None
    """Where it is not that of the rule."""


class Touch(NamedTuple):
    """Which subjects a row of a table `x` is about, where not every row of it matters.

    `where` may hold {warned:x}: the entry of the row was accepted with warnings, or corrects one;
    and {at}: the position at which the row began or ended. Both may read FROM {follows}: the kinds
    of standards (`f.kind`) and the cases that may follow them by the bureau's folder
    (`f.programme`, `f.level`, `f.mode`; rules/touching.py).
    """

    subject: str
    where: str = "true"
    repeats: bool = False
    """Whether it leads to none but those of whom rows of the other tables say all that is known: it
    says when to look at them again, and need not be asked who there is."""


def as_found(rows: Sequence[Row], _bureau: Bureau) -> Iterable[Found]:
    """Each row is a finding; its columns are called like the fields of Found."""
    return (Found(**{name: row[name] for name in Found._fields if name in row}) for row in rows)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    """A01 …: as auditors know it."""
    name: str
    """In Chinese: what is wrong, e.g. 死亡后仍发放."""
    severity: Severity
    basis: str
    """Laws by short title, and articles: "民法典 1077"; several parted by "; " (domain/laws.py)."""
    breaches: tuple[str, ...] = ()
    """"<kind of stream>/<code>": the breaches of the domain that are this finding, "*/<code>" those
    of any stream. Beside `rows`, they are the warning that is given of it at acceptance."""
    needs: Mapping[str, str | Touch] = field(default_factory=dict)
    """Read model → SQL that says, of its row `x`, whom it is about (text, or a set of texts)."""
    rows: str = ""
    """SQL: the rows to look at. It begins with SELECT t.subject, t.at, … FROM touched AS t, the
    subjects and the positions at which to look at each; {known:p} stands for "this row of table p
    is what was known at t.at". $1 is the ledger; there are no other parameters. It should leave out
    as much as it can of what is in order."""
    find: Callable[[Sequence[Row], Bureau], Iterable[Found]] = as_found
    """What is wrong with the rows of one subject at one position. Pure."""
    lacks: str = ""
    """What the ledger is not told and the rule would need, in Chinese: then nothing is checked."""
    since: date | None = None
    """Matters (`on_date`) before it do not break the rule."""
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether a matter of that day can break it."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


def rules() -> list[Rule]:
    """All of them, in the order of their codes: RULE of the modules of this room."""
    found = [module.RULE for module in modules("rules") if hasattr(module, "RULE")]
    return sorted(found, key=lambda rule: rule.code)


def looking_rules() -> list[Rule]:
    """Those for which there is data to look at."""
    return [rule for rule in rules() if not rule.lacks]
