"""What was changed: number by number, claim by claim, then the words between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from reports.checking.expected import Expected, label
from reports.checking.finding import Finding, Kind
from reports.checking.pairing import Paired, by_line
from reports.checking.tokens import DATE, NUMBER, Token, folded, numeral, signs
from reports.checking.values import is_no_figure, of_others, rounds_to, value_of
from reports.document import Cell, FigureRef, StatementRef
from reports.manifest import Marked

_AROUND = 10
_LONGEST = 60
_BESIDE = 2
"""Signs between two changes that are told as one."""
_UNIT_SIGNS = 4
_FRAME, _LONGEST_FRAME, _ALIKE = 6, 200, 0.7
"""Signs of a line of the frame that may have been changed, and how like it is to be to one."""
_NUMERALS = "零〇一二三四五六七八九十百千万亿点两"


@dataclass(frozen=True)
class Known:
    """What a document is held against, beside what it said itself."""

    published: bool
    """Whether it was published: then no word of it may differ."""
    now: Mapping[tuple[str, ...], Marked] = field(default_factory=dict)
    """Of a draft: what it would say today."""
    earlier: Sequence[tuple[str, Mapping[tuple[str, ...], Marked]]] = ()
    """What earlier editions said, each with what it is called."""
    drafted: str = ""
    """When it was drafted, in words."""


def judge(paired: Paired, known: Known) -> list[Finding]:
    """All that differs, in the order of the document."""
    return _Judge(paired, known).all()


class _Judge:
    def __init__(self, paired: Paired, known: Known) -> None:
        self.paired, self.known = paired, known
        self.expected: Expected = paired.expected
        self.names = {id(mark): name for name, mark in self.expected.named().items()}
        self.found: list[tuple[int, Finding]] = []
        """Each with its place among our signs."""

    def all(self) -> list[Finding]:
        """Numbers and claims, then words, put in order."""
        places: dict[int, list[int]] = {}
        for n, mark in enumerate(self.paired.of):
            if mark is not None:
                places.setdefault(id(mark), []).append(n)
        for mark in self.expected.marks:
            if its := places.get(id(mark)):
                if isinstance(mark.said, StatementRef):
                    self._claim(mark, its)
                else:
                    self._number(mark, its)
        self._plain()
        self._framed()
        self._added()
        self._words()
        return [finding for _, finding in sorted(self.found, key=lambda each: each[0])]

    # Numbers

    def _number(self, mark: Marked, places: Sequence[int]) -> None:
        numbers = [n for n in places if self.paired.ours[n].is_number]
        if not numbers:
            self._wording(mark, places, "changed")
            return
        fine = True
        for n in numbers:
            partner = self._partner(n)
            if partner is None:
                self._tell(n, "missing", mark, before=_printed(mark, n, self.paired))
                return
            fine &= self._same(mark, n, partner, places)
        units = [n for n in places if n not in numbers and self.paired.partner[n] is None]
        if fine and units:
            after = self._after(places)
            self._tell(numbers[0], "unit", mark, before=mark.text, after=after)
        elif fine:
            self._stale(mark, numbers[0])

    def _partner(self, n: int) -> int | None:
        """The number that stands for ours: also one in Chinese numerals."""
        partner = self.paired.partner[n]
        if partner is not None:
            return partner
        start = end = self.paired.near[n]
        theirs, taken = self.paired.theirs, self.paired.taken
        while end < len(theirs) and not taken[end] and theirs[end].sign in _NUMERALS:
            end += 1
        value = numeral(signs(theirs[start:end]))
        if value is None:
            return None
        for place in range(start, end):
            taken[place] = True
        first, last = theirs[start], theirs[end - 1]
        theirs[start] = Token(NUMBER, first.line, first.start, last.end, value)
        self.paired.pair(n, start)
        return start

    def _same(self, mark: Marked, n: int, partner: int, places: Sequence[int]) -> bool:
        """Whether a number is ours; what it is instead is told."""
        ours, theirs = self.paired.ours[n], self.paired.theirs[partner]
        if ours.value == theirs.value or self._joined(ours, partner):
            return True
        before, after = _printed(mark, n, self.paired), self._after(places)
        follows = self._follows(partner)
        now, name = self.known.now, self.names[id(mark)]
        if name in now and value_of(now[name]) == theirs.value:
            why = f"{self.known.drafted}为“{before}”"
            self._tell(n, "updated", mark, before=now[name].text, after=after, why=why)
            return False
        for edition, values in self.known.earlier:
            if name in values and value_of(values[name]) == theirs.value:
                self._tell(n, "earlier", mark, before=before, after=after, why=f"是{edition}的数")
                return False
        if isinstance(theirs.value, Decimal) and rounds_to(mark, theirs.value, follows):
            why = f"账本为 {_exactly(mark)}"
            self._tell(n, "rounded", mark, before=before, after=after, why=why)
            return False
        others, sure = of_others(self.expected.marks, theirs, follows, mark)
        kind: Kind = "other-figure" if others and sure else "changed"
        why = f"{'是' if sure else '同'} {'、'.join(others)} 的数" if others else ""
        if name in now and now[name].text != mark.text:
            why += f"{'；' if why else ''}账本现为“{now[name].text}”"
        self._tell(n, kind, mark, before=before, after=after, why=why)
        return False

    def _joined(self, ours: Token, partner: int) -> bool:
        """Whether a space or a line end only cuts our number in two."""
        theirs, taken = self.paired.theirs, self.paired.taken
        for start in (partner, partner - 1):
            pair = theirs[max(start, 0) : start + 2]
            other = start + 1 if start == partner else start
            if len(pair) < 2 or taken[other] or signs(pair) != NUMBER * 2:  # noqa: PLR2004  two
                continue
            pieces = [self.paired.handed.blocks[t.line].text[t.start : t.end] for t in pair]
            whole = "".join(pieces).replace(",", "").replace("，", "")
            if whole.replace(".", "", 1).isdigit() and Decimal(whole) == ours.value:
                taken[other] = True
                return True
        return False

    def _stale(self, mark: Marked, n: int) -> None:
        now = self.known.now.get(self.names[id(mark)])
        if now is not None and now.text != mark.text:
            why = f"{self.known.drafted}为“{mark.text}”，其后账本有变"
            self._tell(n, "stale", mark, before=now.text, after=mark.text, why=why)

    # Claims

    def _claim(self, mark: Marked, places: Sequence[int]) -> None:
        if not self._wording(mark, places, "claim"):
            self._stale(mark, places[0])

    def _wording(self, mark: Marked, places: Sequence[int], kind: Kind) -> bool:
        """Whether words that are ours differ, which is told."""
        paired = self.paired
        partners = [p for n in places if (p := paired.partner[n]) is not None]
        whole = len(partners) == len(places) and not any(
            paired.ours[n].value != paired.theirs[p].value
            for n, p in zip(places, partners, strict=True)
        )
        if partners and whole:
            first, last = min(partners), max(partners)
            whole = partners == sorted(partners) and all(paired.taken[first : last + 1])
        if whole:
            return False
        after = self._after(places) if partners else ""
        for n in range(min(partners, default=0), max(partners, default=-1) + 1):
            paired.taken[n] = True
        self._tell(places[0], kind, mark, before=mark.text, after=after)
        return True

    # Numbers that are none of ours, and words

    def _plain(self) -> None:
        """Numbers in words of ours that say something else."""
        paired = self.paired
        for n, token in enumerate(paired.ours):
            partner = paired.partner[n]
            if not token.is_number or paired.of[n] is not None or partner is None:
                continue
            theirs = paired.theirs[partner]
            if theirs.value == token.value or self._joined(token, partner):
                continue
            if self.known.published:
                line = paired.lines[token.line]
                before = line.text[token.start : token.end]
                after = paired.said(partner, partner + 1)
                self._tell(n, "words", None, before=before, after=after)
            else:
                self._judge_added(partner)

    def _framed(self) -> None:
        """Lines of the frame in which something was changed: a date, a digest, a notice."""
        for line in by_line(self.paired, (0, len(self.paired.theirs))):
            free = [n for n in line if not self.paired.taken[n]]
            if not _FRAME <= len(free) <= _LONGEST_FRAME:
                continue
            after = self.paired.said(free[0], free[-1] + 1)
            alike = [(_likeness(said, after), said) for said in self.expected.frame.values()]
            ratio, before = max(alike, default=(0.0, ""))
            if ratio >= _ALIKE:
                for n in free:
                    self.paired.taken[n] = True
                order = len(self.paired.ours)
                self._add(order, self._kind(), "", free[0], before=before, after=after)

    def _added(self) -> None:
        for n, token in enumerate(self.paired.theirs):
            if token.sign == NUMBER and not self.paired.taken[n]:
                self._judge_added(n)

    def _judge_added(self, n: int) -> None:
        """A number that somebody wrote beside ours."""
        token, theirs = self.paired.theirs[n], self.paired.theirs
        first = n == 0 or theirs[n - 1].line != token.line
        before = (
            "" if first else signs([t for t in theirs[max(0, n - 6) : n] if t.line == token.line])
        )
        after = self._follows(n)
        written = self.paired.said(n, n + 1)
        if is_no_figure(token, written, before, after, first=first):
            return
        named, sure = of_others(self.expected.marks, token, after)
        same = named if sure else []
        kind: Kind = "equal" if same and not self.known.published else "unknown"
        why = f"与 {'、'.join(same)} 相同" if same else ""
        self.paired.taken[n] = True
        self._add(len(self.paired.ours), kind, "", n, after=written, why=why)

    def _words(self) -> None:
        """Words of ours that are gone or others, and words that are new."""
        paired = self.paired
        start = 0
        for line in paired.lines:
            places = range(start, start + len(line.tokens))
            start += len(line.tokens)
            gone = [n for n in places if paired.partner[n] is None and paired.of[n] is None]
            for group in _groups(gone):
                self._change(line.text, group)
        for group in _groups(n for n, taken in enumerate(paired.taken) if not taken):
            after = paired.said(group[0], group[-1] + 1)
            if after.strip("-()[]:;,.。、，；：（） "):
                self._add(len(paired.ours), self._kind(), "", group[0], after=after)

    def _kind(self) -> Kind:
        return "words" if self.known.published else "edited"

    def _change(self, text: str, group: Sequence[int]) -> None:
        paired = self.paired
        first, last = paired.ours[group[0]], paired.ours[group[-1]]
        before = text[first.start : last.end]
        start = end = paired.near[group[0]]
        while end < len(paired.theirs) and not paired.taken[end]:
            paired.taken[end] = True
            end += 1
        after = paired.said(start, end) if end > start else ""
        at = start if end > start else max(0, start - 1)
        section = paired.lines[first.line].section
        self._add(group[0], self._kind(), "", at, before=before, after=after, section=section)

    # Telling

    def _follows(self, n: int) -> str:
        token = self.paired.theirs[n]
        return signs(
            [t for t in self.paired.theirs[n + 1 : n + 1 + _UNIT_SIGNS] if t.line == token.line]
        )

    def _after(self, places: Sequence[int]) -> str:
        """What stands in the file in place of signs of ours."""
        paired = self.paired
        partners = [p for n in places if (p := paired.partner[n]) is not None]
        if not partners:
            return ""
        start, end = min(partners), max(partners) + 1
        for n in range(start, end):
            paired.taken[n] = True
        date = any(paired.ours[n].sign == DATE for n in places)
        if date or paired.partner[places[-1]] is None:
            while end < len(paired.theirs) and not paired.taken[end] and end - start < _LONGEST:
                if paired.theirs[end].is_number and not date:
                    break
                paired.taken[end] = True
                end += 1
        return paired.said(start, end)

    def _tell(
        self,
        n: int,
        kind: Kind,
        mark: Marked | None,
        *,
        before: str,
        after: str = "",
        why: str = "",
    ) -> None:
        """Of a sign of ours."""
        partner = self.paired.partner[n]
        section = self.paired.lines[self.paired.ours[n].line].section
        about = "" if mark is None else label(mark)
        href = "" if mark is None or isinstance(mark.said, Cell) else mark.said.href
        self._add(
            n, kind, about, partner,
            before=before, after=after, why=why, section=section, href=href,
        )  # fmt: skip

    def _add(
        self, order: int, kind: Kind, about: str, at: int | None, *,
        before: str = "", after: str = "", why: str = "", section: str = "", href: str = "",
    ) -> None:  # fmt: skip
        around, block = "", 0
        if at is not None and self.paired.theirs:
            at = min(at, len(self.paired.theirs) - 1)
            line = self.paired.theirs[at].line
            near = [
                n
                for n in range(max(0, at - _AROUND), min(len(self.paired.theirs), at + _AROUND))
                if self.paired.theirs[n].line == line
            ]
            around, block = self.paired.said(near[0], near[-1] + 1), line + 1
        said = _cut(before), _cut(after)
        made = Finding(kind, about, *said, why, section, around, block, href)
        self.found.append((order, made))


def _groups(places: Iterator[int] | Sequence[int]) -> Iterator[list[int]]:
    """Places that follow one another, or nearly."""
    group: list[int] = []
    for place in places:
        if group and place > group[-1] + 1 + _BESIDE:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _printed(mark: Marked, n: int, paired: Paired) -> str:
    """What is printed of a number: what stands in brackets after it is a number of its own."""
    said = mark.said
    if isinstance(said, FigureRef) and said.beside:
        token = paired.ours[n]
        text = paired.lines[token.line].text
        if text[token.start : token.end] not in said.text:
            return said.beside
    return mark.text


def _exactly(mark: Marked) -> str:
    """Unrounded, in words."""
    said = mark.said
    if isinstance(said, StatementRef):
        return said.text
    if isinstance(said.exact, int) and not isinstance(said.exact, bool) and "元" in mark.unit:
        return f"{Decimal(said.exact) / 100:,.2f}元"
    unit = mark.unit if isinstance(said, Cell) else ""
    return f"{said.text}{unit}"


def _likeness(one: str, other: str) -> float:
    ours, theirs = ("".join(folded(each)[0].split()) for each in (one, other))
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
