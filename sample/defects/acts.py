"""Lawful inspections and penalties, of which a defect changes one thing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain import inspection
from domain.event import Event
from domain.penalties import events as penalties
from sample.days import add_working_days, roll_to_working_day
from sample.defects.base import BODIES
from sample.defects.plot import Plot, days_after
from sample.feed import digest

HANDLERS = ("ZF-03", "ZF-04")
FIRST_MINUTE, APART, LASTS = 8 * 60 + 30, 20, 15
"""When the first inspection of a day begins, how far apart they are, how long each lasts."""
PUBLISHED_AFTER = 4
"""Working days, of inspections and penalties where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Act:
    """An inspection or a penalty case, and the event that matters."""

    stream: str
    event: str
    object: str = ""
    """What was inspected, by stream."""

    def __str__(self) -> str:
        return self.stream

    @property
    def key(self) -> str:
        """What the stream is named by."""
        return self.stream.partition("/")[2]


class Acts:
    """Sends them."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self._bodies = iter(range(10**6))
        self._slots: Counter[date] = Counter()

    def body(self) -> str:
        """A keeping body; they take turns."""
        return f"keeping-body/{BODIES[next(self._bodies) % len(BODIES)]}"

    def hour(self, on: date) -> dict[str, str]:
        """A quarter of an hour of the day that no other inspection has."""
        start = FIRST_MINUTE + APART * self._slots[on]
        self._slots[on] += 1
        from_time, until_time = (
            f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start, start + LASTS)
        )
        return {"from_time": from_time, "until_time": until_time}

    def inspect(
        self,
        on: date,
        *,
        object: str | None = None,  # noqa: A002  as the contract calls it
        published: int | None = PUBLISHED_AFTER,
        books: str = "enforcement",
        key: str | None = None,
        **fields: Any,
    ) -> Act:
        """An inspection of its own cause, by two officers, recorded and made public."""
        plot, key = self.plot, key or self.plot.number()
        usual: dict[str, Any] = {
            "object": object or self.body(),
            "mode": "special",
            "cause": "群众投诉",
            "officers": HANDLERS,
            "licences_shown": True,
            "text_record": digest(f"{key} 笔录"),
            "recording": digest(f"{key} 录像"),
            "outcome": "nothing-found",
            **self.hour(on),
        }
        late = {"received": fields["received"]} if "received" in fields else {}
        fact = inspection.InspectionConducted
        name = plot.say(books, key, fact, on, **usual | fields)
        if published is not None:
            after = add_working_days(on, published)
            public = inspection.InspectionResultPublished
            plot.say(books, key, public, after, place=plot.office.site, **late)
        return Act(f"inspection/{key}", name, str(usual["object"]))

    def rectify(self, act: Act, ordered_on: date, due_on: date, verified_on: date | None) -> None:
        """Ordered to put right by a day, and looked at again, perhaps."""
        plot, key = self.plot, act.key
        ordered = {"problems": "登记不全", "due_on": due_on, "document": digest(key)}
        plot.say("enforcement", key, inspection.RectificationOrdered, ordered_on, **ordered)
        if verified_on is not None:
            seen = {"outcome": "passed", "officers": HANDLERS}
            plot.say("enforcement", key, inspection.RectificationVerified, verified_on, **seen)

    def penalty(
        self,
        decided_on: date,
        *,
        kinds: tuple[str, ...] = ("warning",),
        filed_on: date | None = None,
        noticed_on: date | None = None,
        notice: bool = True,
        offered: bool = True,
        waived: bool = True,
        review: dict[str, Any] | None = None,
        evidence: dict[str, Any] | None = None,
        served: int | None = 2,
        service: dict[str, Any] | None = None,
        published: int | None = PUBLISHED_AFTER,
        books: str = "enforcement",
        between: tuple[tuple[type[Event], date, dict[str, Any]], ...] = (),
        decision: dict[str, Any] | None = None,
        party: str | None = None,
        subject: str | None = None,
        **filed: Any,
    ) -> Act:
        """A warning to an association that nobody registered, with all its steps."""
        plot, key = self.plot, self.plot.number()
        who = {"unregistered_body": party or f"示例{key}联谊会（未登记）"}
        if subject is not None:
            who = {"subject": subject}

        def before(days: int) -> date:
            return roll_to_working_day(days_after(decided_on, -days))

        def say(fact: type[Event], on: date, **fields: Any) -> str:
            return plot.say(books, key, fact, on, **fields)

        filed_on = filed_on or before(50)
        clue = {"origin": "complaint", "summary": "未经登记开展活动"}
        say(penalties.ClueRegistered, days_after(filed_on, -2), **who, **clue)
        approved = {"handlers": HANDLERS, "approved_by": "SP-01"}
        say(penalties.CaseFiled, filed_on, **who, **approved, **filed)
        taken = {
            "officers": HANDLERS,
            "licences_shown": True,
            "text_record": digest(f"{key} 笔录"),
            "recording": digest(f"{key} 录像"),
        }
        say(penalties.EvidenceTaken, days_after(filed_on, 4), **taken | (evidence or {}))
        noticed = noticed_on or before(21)
        if notice:
            served_notice = {"hearing_offered": offered, "receipt": digest(f"{key} 告知")}
            say(penalties.PriorNoticeServed, noticed, **served_notice)
            heard = {"waived": True, "hearing_waived": waived}
            say(penalties.StatementHeard, days_after(noticed, 1), **heard)
        for fact, on, fields in between:
            say(fact, on, **fields)
        if review is not None:
            usual = {"reviewer": "FS-01", "legally_qualified": True, "opinion": digest(key)}
            say(penalties.LegalReviewPassed, before(3), **usual | review)
        name = say(
            penalties.PenaltyDecided,
            decided_on,
            **who,
            **{
                "decision_number": f"示例民罚决〔{plot.year}〕{key}号",
                "kinds": kinds,
                "legal_basis": "社会团体登记管理条例第三十二条",
                "handlers": HANDLERS,
                "approved_by": "SP-01",
            }
            | (decision or {}),
        )
        if served is not None:
            usual = {
                "method": "in-person",
                "receipt_number": f"示例送〔{plot.year}〕{key}号",
                "receipt": digest(f"{key} 回证"),
            }
            after = add_working_days(decided_on, served)
            say(penalties.PenaltyServed, after, **usual | (service or {}))
        if published is not None:
            after = add_working_days(decided_on, published)
            say(penalties.PenaltyPublished, after, place=plot.office.site)
        return Act(f"penalty/{key}", name)

    def simple(self, on: date, fen: int, *, to_person: bool = False, **fields: Any) -> Act:
        """A penalty decided and handed over on the spot, and made public."""
        plot, key = self.plot, self.plot.number()
        party: dict[str, Any] = {"unregistered_body": f"示例{key}联谊会（未登记）"}
        if to_person:
            party = {"person": plot.folk.person(date(plot.year - 40, 2, 3)).model_dump()}
        usual = {
            "procedure": "simple",
            "decision_number": f"示例民当罚〔{plot.year}〕{key}号",
            "kinds": ("fine",) if fen else ("warning",),
            "amount_fen": fen,
            "legal_basis": "社会团体登记管理条例第三十二条",
            "handlers": HANDLERS,
            "licences_shown": True,
            "handed_over": True,
        }
        said = {**party, **usual, **fields}
        name = plot.say("enforcement", key, penalties.PenaltyDecided, on, **said)
        public = add_working_days(on, 3)
        plot.say("enforcement", key, penalties.PenaltyPublished, public, place=plot.office.site)
        return Act(f"penalty/{key}", name)
