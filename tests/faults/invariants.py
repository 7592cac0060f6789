"""The invariants I1 to I8, I10, I11, I15: each looks at the evidence and names what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, NamedTuple

from tests.faults.evidence import Arrived, Evidence, Row
from tests.faults.wire import Stored

EXAMPLES = 3
KEPT = 200
"""So many foreign records of a topic are kept one by one (docs/decisions/0065)."""
PLACES = ("accepted", "duplicate", "parked", "quarantined")


class Broken(NamedTuple):
    """One violation; `kind` is what the tally counts it as."""

    what: str
    kind: str = "other"


@dataclass
class Verdict:
    """What became of one invariant."""

    id: str
    title: str
    judged: int = 0
    broken: list[Broken] = field(default_factory=list)

    def line(self) -> str:
        """One line for people."""
        if not self.broken:
            return f"{self.id:4} holds   {self.title}: {self.judged:,} judged"
        shown = "; ".join(b.what for b in self.broken[:EXAMPLES])
        return f"{self.id:4} BROKEN  {self.title}: {len(self.broken):,} of {self.judged:,}: {shown}"


Judge = Callable[[Evidence], Iterator[Broken | int]]
"""Yields what is broken, and numbers of things judged."""
JUDGES: dict[str, tuple[str, Judge]] = {}


def invariant(name: str, title: str) -> Callable[[Judge], Judge]:
    def mark(judge: Judge) -> Judge:
        JUDGES[name] = (title, judge)
        return judge

    return mark


def judge(evidence: Evidence, leave_out: frozenset[str] = frozenset()) -> list[Verdict]:
    """All verdicts, in order of their numbers."""
    verdicts: list[Verdict] = []
    for name, (title, of) in sorted(JUDGES.items(), key=lambda item: int(item[0][1:])):
        if name in leave_out:
            continue
        verdict = Verdict(name, title)
        for found in of(evidence):
            if isinstance(found, int):
                verdict.judged += found
            else:
                verdict.broken.append(found)
        verdicts.append(verdict)
    return verdicts


def consumed(evidence: Evidence, place: tuple[str, int]) -> int:
    """Up to where an intake partition is taken in."""
    row = evidence.offsets.get(place)
    return row["next_offset"] if row is not None else 0


def taken_in(
    evidence: Evidence, place: tuple[str, int], records: Iterable[Arrived]
) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Offset and digests of the events that were taken in; of the next record perhaps some."""
    row = evidence.offsets.get(place)
    to, more = (0, 0) if row is None else (row["next_offset"], row["taken_of_next"])
    for record in records:
        if not record.control and record.offset < to:
            yield record.offset, record.digests
        elif record.offset == to and more:
            yield record.offset, record.digests[:more]


@invariant("I1", "nothing acknowledged is lost")
def no_acknowledged_loss(evidence: Evidence) -> Iterator[Broken | int]:
    """Whatever was promised, and whatever was consumed, has a place."""
    entries = {row["digest"] for row in evidence.entries}
    waiting = {row["digest"] for row in evidence.parked if row["taken_at"] is None}
    aside = {row["digest"] for row in evidence.quarantine}
    kept = entries | waiting | aside
    at = {(place[0], r.offset): r.digests for place, rs in evidence.intake.items() for r in rs}
    first = {place[0]: start for place, start in evidence.starts.items()}
    for promise in evidence.acked:
        yield 1
        if promise.topic is None or promise.offset is None:
            if promise.digest not in kept:
                yield Broken(f"a committed event {promise.digest.hex()[:12]}", "lost")
        elif promise.digest in at.get((promise.topic, promise.offset), ()):
            continue  # whether it has a place is asked below, of every record
        elif promise.offset >= first[promise.topic] or promise.digest not in kept:
            yield Broken(f"{promise.topic}/{promise.offset}, which the broker acknowledged", "lost")
    for place, records in evidence.intake.items():
        for offset, digests in taken_in(evidence, place, records):
            for digest in digests:
                yield 1
                if digest not in kept:
                    yield Broken(f"{place[0]}/{offset} has no place", "lost")
    yield from _receipts(evidence)


def _receipts(evidence: Evidence) -> Iterator[Broken | int]:
    """A receipt names a position; there its event must stand."""
    by_position = {row["position"]: row for row in evidence.entries}
    for receipt in evidence.receipts:
        if receipt["kind"] != "accepted":
            continue
        yield 1
        row = by_position.get(receipt["position"])
        if row is None or (row["source"], row["event_id"]) != (receipt["source"], receipt["id"]):
            said = f"{receipt['source']}/{receipt['id']} at {receipt['position']}"
            yield Broken(f"a receipt says {said}, which is not there", "lost")


@invariant("I2", "nothing is invented")
def no_invention(evidence: Evidence) -> Iterator[Broken | int]:
    """Every entry is a record that came in; its open part is that record where it names nobody."""
    arrived = [record for records in evidence.intake.values() for record in records]
    came = {d: e for r in arrived for d, e in zip(r.digests, r.events, strict=True)}
    offered = evidence.offered | {promise.digest for promise in evidence.acked}
    gone = any(start > 0 for start in evidence.starts.values())
    for row in evidence.entries:
        yield 1
        value = came.get(row["digest"])
        if value is None:
            if row["digest"] not in offered and not gone:
                yield Broken(f"position {row['position']} came by no topic")
        elif row["position"] not in evidence.sealed and row["open"] != value:
            yield Broken(f"position {row['position']} holds other bytes than came in")


@invariant("I3", "every event has its effect once")
def exactly_once(evidence: Evidence) -> Iterator[Broken | int]:
    names = Counter((row["source"], row["event_id"]) for row in evidence.entries)
    digests = Counter(row["digest"] for row in evidence.entries)
    yield len(evidence.entries)
    for (source, event_id), count in names.items():
        if count > 1:
            yield Broken(f"{source}/{event_id} stands {count} times", "doubled")
    for digest, count in digests.items():
        if count > 1:
            yield Broken(f"content {digest.hex()[:12]} stands {count} times", "doubled")
    for row in evidence.parked:
        yield 1
        if row["taken_at"] is None and row["digest"] in digests:
            yield Broken(f"{row['source']}/{row['event_id']} waits and is taken too", "doubled")
    # Read models that lag are I11's business; those at the head must be what a rebuild makes.
    head = evidence.ledger["position"]
    if evidence.rebuilt and all(_at(evidence, model) == head for model in evidence.tables):
        yield from _different(evidence.tables, evidence.rebuilt[0], "a clean rebuild")


@invariant("I4", "versions of a stream are dense, in order of position")
def dense_versions(evidence: Evidence) -> Iterator[Broken | int]:
    last: Counter[str] = Counter()
    for row in evidence.entries:
        yield 1
        last[row["stream"]] += 1
        if row["version"] != last[row["stream"]]:
            yield Broken(
                f"{row['stream']} has version {row['version']} where {last[row['stream']]} follows",
                "gap",
            )


@invariant("I5", "positions are dense and the recording time never goes back")
def dense_positions(evidence: Evidence) -> Iterator[Broken | int]:
    before = None
    for expected, row in enumerate(evidence.entries, start=1):
        yield 1
        if row["position"] != expected:
            yield Broken(f"position {row['position']} stands where {expected} follows", "gap")
            break
        if before is not None and row["recorded_at"] < before:
            yield Broken(f"position {expected} was recorded before the one in front of it")
        before = row["recorded_at"]
    ledger, count = evidence.ledger, len(evidence.entries)
    if ledger["position"] != count:
        yield Broken(f"the counter says {ledger['position']} of {count} entries", "gap")
    noted = evidence.noted_at
    if before is not None and ledger["last_recorded_at"] != max(before, noted or before):
        yield Broken("the ledger's clock is not that of what it recorded last")
    for name, rows in (("parked", evidence.parked), ("quarantined", evidence.quarantine)):
        yield len(rows)
        if [row["number"] for row in rows] != list(range(1, ledger[name] + 1)):
            yield Broken(f"numbers of what is {name} are not 1 to {ledger[name]}", "gap")


@invariant("I6", "the ledger topic is the ledger table, byte for byte")
def topic_is_table(evidence: Evidence) -> Iterator[Broken | int]:
    by_position = {row["position"]: row for row in evidence.entries}
    last = 0
    for record in evidence.published:
        if record.control:
            continue
        yield 1
        position = position_of(record)
        row = by_position.get(position)
        if row is None:
            yield Broken(f"offset {record.offset} has position {position}, the table has none")
        elif as_published(row, evidence.sealed.get(position, ())) != record[1:5]:
            yield Broken(f"position {position} differs at offset {record.offset}")
        if position > last + 1:
            yield Broken(f"offset {record.offset} goes from {last} to {position}", "gap")
        last = max(last, position)


def position_of(record: Stored) -> int:
    return int(dict(record.headers).get(b"position") or -1)


def repeats(evidence: Evidence) -> int:
    """Records of the ledger topic that say again what one before them said."""
    return len(evidence.published) - len({position_of(r) for r in evidence.published})


def as_published(row: Row, sealed: Sequence[Row]) -> tuple[Any, ...]:
    """Timestamp, key, value and headers that an entry must have in its topic.

    A person's sealed part goes with it: pseudonym, zero byte, span, ciphertext.
    """
    at = row["recorded_at"].astimezone(UTC)
    headers = (
        ("ledger", row["ledger"]),
        ("position", str(row["position"])),
        ("recorded_at", at.isoformat()),
        ("source", row["source"]),
        ("event_id", row["event_id"]),
        ("type", row["type"]),
        ("stream", row["stream"]),
        ("version", str(row["version"])),
        ("digest", row["digest"].hex()),
        ("breaches", ",".join(row["breaches"] or ())),
        ("form", "2"),
        ("content", row["content"].hex()),
        ("leaf", row["leaf"].hex()),
        ("mac", row["mac"].hex()),
        ("content-type", "application/cloudevents+json; charset=UTF-8"),
    )
    pairs = [(name.encode(), text.encode()) for name, text in headers]
    for part in sealed:
        span = part["start"].to_bytes(4, "big") + part["length"].to_bytes(4, "big")
        pairs.append((b"sealed", part["person"].encode() + b"\0" + span + part["sealed"]))
    return int(at.timestamp() * 1000), row["stream"].encode(), row["open"], tuple(pairs)


@invariant("I7", "no read model is ahead of the ledger, no row ahead of its read model")
def checkpoints(evidence: Evidence) -> Iterator[Broken | int]:
    for model, position in evidence.checkpoints.items():
        yield 1
        if position > evidence.ledger["position"]:
            yield Broken(f"{model} is at {position} of {evidence.ledger['position']}")
    for model, count in evidence.beyond.items():
        yield 1
        if count:
            yield Broken(f"{model} has {count} rows past its checkpoint")


@invariant("I8", "rebuilding twice gives the same rows")
def same_rebuild(evidence: Evidence) -> Iterator[Broken | int]:
    if len(evidence.rebuilt) > 1:
        yield len(evidence.rebuilt[0])
        yield from _different(evidence.rebuilt[0], evidence.rebuilt[1], "the second rebuild")


def _at(evidence: Evidence, model: str) -> int:
    """The position up to which a read model holds the ledger."""
    return evidence.checkpoints.get(model, 0)


def _different(one: dict[str, str], other: dict[str, str], what: str) -> Iterator[Broken | int]:
    for model in sorted(one.keys() | other.keys()):
        yield 1
        if one.get(model) != other.get(model):
            yield Broken(f"{model}: {one.get(model)}, {what} {other.get(model)}")


@invariant("I10", "of each partition: events = accepted + duplicate + parked + quarantined")
def conservation(evidence: Evidence) -> Iterator[Broken | int]:
    waiting = Counter(_origin(r) for r in evidence.parked if r["taken_at"] is None)
    aside = Counter(_origin(r) for r in evidence.quarantine)
    by_source = Counter(row["source"] for row in evidence.entries)
    direct = any(promise.topic is None for promise in evidence.acked)
    for place, row in evidence.offsets.items():
        counts = {name: row[name] for name in PLACES}
        yield row["next_offset"]
        where = f"{place[0]}/{place[1]}"
        if sum(counts.values()) != row["events"]:
            yield Broken(f"{where}: {row['events']} events, but {counts}")
        if row["records"] + row["skipped"] != row["next_offset"]:
            yield Broken(f"{where}: {row['next_offset']} consumed, but {row['records']} records")
        if evidence.starts.get(place) == 0:
            real = sum(len(d) for _, d in taken_in(evidence, place, evidence.intake[place]))
            if real != row["events"]:
                yield Broken(f"{where}: {real} events in the topic, but {counts}")
        for name, found in (("parked", waiting[where]), ("quarantined", aside[where])):
            if counts[name] != found:
                yield Broken(f"{where}: {name} says {counts[name]}, the table has {found}")
        source = place[0].rpartition(".intake.")[2]
        alone = sum(topic == place[0] for topic, _ in evidence.offsets) == 1
        if alone and not direct and counts["accepted"] != by_source[source]:
            yield Broken(f"{where}: accepted {counts['accepted']}, entries {by_source[source]}")


def _origin(row: Row) -> str:
    """The topic and partition that a row came by."""
    origin: str = row["origin"]
    return origin.rpartition("/")[0]


@invariant("I11", "everything sent is taken in, published, told and projected")
def no_lag(evidence: Evidence) -> Iterator[Broken | int]:
    for place, end in evidence.ends.items():
        yield 1
        if consumed(evidence, place) < end:
            yield Broken(f"{place[0]}: taken in up to {consumed(evidence, place)} of {end}")
    ledger = evidence.ledger
    published = max(map(position_of, evidence.published), default=0)
    yield 1
    if published != ledger["position"]:
        yield Broken(f"published up to {published} of {ledger['position']}")
    for model in evidence.tables:
        yield 1
        if _at(evidence, model) != ledger["position"]:
            yield Broken(f"{model} is at {_at(evidence, model)} of {ledger['position']}")
    for name, number in (
        ("accepted", ledger["position"]),
        ("parked", ledger["parked"]),
        ("quarantined", ledger["quarantined"]),
    ):
        yield 1
        if evidence.told.get(name, 0) != number:
            yield Broken(f"told up to {evidence.told.get(name, 0)} of {number} {name}")
    yield from _everybody_was_told(evidence)


def _everybody_was_told(evidence: Evidence) -> Iterator[Broken | int]:
    told = {(r["kind"], r["number"]) for r in evidence.receipts}
    noticed = {r["number"] for r in evidence.notices}
    for kind, rows, number in (
        ("accepted", evidence.entries, "position"),
        ("parked", evidence.parked, "number"),
    ):
        for row in rows:
            yield 1
            if (kind, row[number]) not in told:
                yield Broken(f"no receipt for {row['source']}/{row['event_id']}, {kind}")
    for row in evidence.quarantine:
        yield 1
        if row["number"] not in noticed:
            yield Broken(f"no notice of quarantine {row['number']}")


@invariant("I15", "what is not the ledger's is named once, and nothing else is")
def foreign_is_named(evidence: Evidence) -> Iterator[Broken | int]:
    """Of each topic all are counted, and the first kept one by one."""
    put = Counter(topic for topic, _ in evidence.forged)
    kept = Counter(topic for topic, _ in evidence.named)
    for topic in sorted(put.keys() | evidence.foreign.keys()):
        yield 1
        counted = evidence.foreign.get(topic, 0)
        if counted != put[topic]:
            yield Broken(f"{topic}: {counted} foreign records counted, {put[topic]} were put there")
        if kept[topic] != min(put[topic], KEPT):
            yield Broken(f"{topic}: {kept[topic]} foreign records named, {put[topic]} put there")
    for place, times in Counter(evidence.named).items():
        yield 1
        if times > 1:
            yield Broken(f"{place[0]}/{place[1]} is named {times} times", "doubled")
        if place not in evidence.forged:
            yield Broken(f"{place[0]}/{place[1]} is the ledger's own, and named as foreign")
