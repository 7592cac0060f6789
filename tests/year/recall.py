"""What rules find of a planted year, held against what was planted: precision and recall by rule.

    python -m tests.year.recall 445102 2024

A finding is about a planted case if it names one of its streams or events. Recall is the share of
unlawful cases that their rule finds; precision the share of a rule's findings that are about an
unlawful case of its own, or about one that says that this rule may find it too. Of a rule for which
nothing is planted, it is about any unlawful case.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import asyncpg

from infra import bureaus, postgres
from infra.settings import Settings
from ledger import adopted, files
from ledger.intake import Intake, Tally
from projections import opening, tail
from projections.snapshot import snapshot
from rules import evaluation
from rules.rule import Found, rules
from sample import defects, office
from sample.feed import Feed
from sample.planted import Planted
from tests.support.ledger import url_of


class Hit(NamedTuple):
    """A finding, with what it may be known by; of one that changed its words, all its days."""

    rule: str
    subject: str
    stream: str
    event: str
    what: str
    valid_from: date
    valid_to: date | None = None

    @property
    def names(self) -> set[str]:
        """The subject, the stream and the event."""
        return {self.subject, self.stream, self.event}


@dataclass(slots=True)
class Score:
    """How a rule did."""

    planted: int = 0
    missed: list[Planted] = field(default_factory=list)
    hits: int = 0
    wrong: list[Hit] = field(default_factory=list)
    other_day: list[tuple[Planted, Hit]] = field(default_factory=list)
    """Found, but from another day on than planted."""

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.planted if self.planted else 1

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / self.hits if self.hits else 1


def compare(planted: Sequence[Planted], hits: Iterable[Hit]) -> dict[str, Score]:
    """Score of each rule that is planted or that found something.

    What was found and no longer stands is asked for where it is planted so, and else no matter.
    """
    scores: dict[str, Score] = defaultdict(Score)
    about: dict[str, list[Planted]] = defaultdict(list)
    for one in planted:
        for subject in one.subjects:
            about[subject].append(one)
    own = {one.rule for one in planted}
    found: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        cases = [one for name in hit.names for one in about[name]]
        right = [one for one in cases if _finds(hit, one)]
        for one in right:
            found[id(one)].append(hit)
        if hit.valid_to is None:
            scores[hit.rule].hits += 1
            if not right and not _may_find(hit, cases, own):
                scores[hit.rule].wrong.append(hit)
    for one in planted:
        if one.unlawful:
            _enter(scores[one.rule], one, found[id(one)])
    return dict(sorted(scores.items()))


def _finds(hit: Hit, one: Planted) -> bool:
    return one.unlawful and one.rule == hit.rule and one.until == hit.valid_to


def _may_find(hit: Hit, cases: Sequence[Planted], own: set[str]) -> bool:
    """Whether a case says so; a rule for which nothing is planted may find what is unlawful."""
    return any(hit.rule in one.also or (one.unlawful and hit.rule not in own) for one in cases)


def _enter(score: Score, one: Planted, its: Sequence[Hit]) -> None:
    score.planted += 1
    if not its:
        score.missed.append(one)
    elif one.since and all(hit.valid_from != one.since for hit in its):
        score.other_day.append((one, its[0]))


def last_day(year: int) -> date:
    """When all is looked at: what was to be done within the year is overdue."""
    return date(year + 1, 1, 2)


def write(feed: Feed, file: Path) -> Path:
    """Write what is sent, as it is received."""
    file.write_bytes(b"".join(line + b"\n" for line in feed.lines()))
    return file


async def take(url: str, folder: Path, file: Path) -> tuple[str, Tally]:
    """Take a year into a ledger of an empty database and fold it; returns the ledger's name."""
    settings = Settings(bureau=folder)
    division = bureaus.load(folder).division
    async with postgres.connect(url) as connection:
        ledger = await opening.create_ledger(connection, division, "replay", settings)
        tally = await files.ingest_file(connection, Intake(ledger, settings.secret), file)
        await tail.catch_up(connection, division)
        await connection.execute("ANALYZE")
    return division, tally


async def load(url: str, folder: Path, file: Path) -> str:
    """Take what was planted: nothing of it waits, and nothing is refused."""
    ledger, tally = await take(url, folder, file)
    assert (tally.parked, tally.quarantined) == (0, 0), tally
    return ledger


async def findings(connection: asyncpg.Connection, ledger: str, last: date) -> list[Hit]:
    """All that the rules find as known at the end, and that stood on some day up to the last."""
    hits: list[Hit] = []
    async with snapshot(connection):
        versions = await adopted.versions(connection, ledger)
        head = await connection.fetchval(
            "SELECT max(position) FROM ledger.entry WHERE ledger = $1", ledger
        )
        entries = {
            row["position"]: row
            for row in await connection.fetch(
                "SELECT position, stream, source || '/' || event_id AS event"
                " FROM ledger.entry WHERE ledger = $1",
                ledger,
            )
        }
        for rule in rules():
            found: dict[tuple[str, str], list[Found]] = defaultdict(list)
            for subject, one in await evaluation.whole(connection, rule, ledger, head, versions):
                if one.valid_from <= last and not one.undecidable:
                    found[subject, one.key].append(one)
            for (subject, _), its in found.items():
                its.sort(key=lambda one: one.valid_from)
                entry = entries[its[-1].position]
                ends = its[-1].valid_to
                hits.append(
                    Hit(
                        rule.code,
                        subject,
                        entry["stream"],
                        entry["event"],
                        its[-1].what,
                        its[0].valid_from,
                        None if ends is None or ends > last else ends,
                    )
                )
    return hits


def table(scores: dict[str, Score]) -> str:
    """The scores as people read them."""
    lines = ["rule  planted  missed  recall   hits  wrong  precision  other day"]
    for code, score in scores.items():
        lines.append(
            f"{code:<5} {score.planted:>7} {len(score.missed):>7} {score.recall:>7.2f}"
            f" {score.hits:>6} {len(score.wrong):>6} {score.precision:>10.2f}"
            f" {len(score.other_day):>10}"
        )
    return "\n".join(lines)


def details(scores: dict[str, Score], only: str = "") -> str:
    """What was missed, and what was found wrongly."""
    lines: list[str] = []
    for code, score in scores.items():
        if only and code not in only.split(","):
            continue
        lines += [f"{code} missed: {one.what} {one.subjects} ({one.basis})" for one in score.missed]
        lines += [
            f"{code} wrong: {hit.what} {hit.subject} {hit.event} {hit.valid_from}"
            for hit in score.wrong
        ]
        lines += [
            f"{code} day: {one.what} {one.subjects[:2]} planted {one.since}, found"
            f" {hit.valid_from}: {hit.what}"
            for one, hit in score.other_day
        ]
    return "\n".join(lines)


async def _scored(folder: Path, year: int, *, whole_year: bool) -> dict[str, Score]:
    made = defects.build(year, office.of(folder), whole_year=whole_year)
    with tempfile.TemporaryDirectory(prefix="mj") as home:
        server = postgres.embedded_url(Path(home) / "data")
        async with postgres.connect(server) as admin:
            await admin.execute("CREATE DATABASE planted")
        url = url_of(server, "planted")
        ledger = await load(url, folder, write(made.feed, Path(home) / "planted.jsonl"))
        async with postgres.connect(url) as connection:
            hits = await findings(connection, ledger, last_day(year))
    return compare(made.planted, hits)


def main() -> None:
    """Print the table of a bureau and a year."""
    bureau, year, *more = (*sys.argv[1:], *("445102", "2024")[len(sys.argv) - 1 :])
    scores = asyncio.run(
        _scored(bureaus.SHIPPED / bureau, int(year), whole_year="lawful" not in more)
    )
    only = next((code for code in more if code.startswith("A")), "")
    sys.stdout.write(f"{details(scores, only)}\n{table(scores)}\n")


if __name__ == "__main__":
    main()
