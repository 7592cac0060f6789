"""What a rule about prose is, and what it remarks: rules register themselves under their code.

A rule is one function that looks at a `Text` and yields where something is wrong (`Found`). All
else that people are told of it (name, what to do) stands beside it, in its registration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reports.prose.text import Text

Weight = Literal["fault", "ask"]
"""A fault is wrong whatever the facts are; what is asked may be right, and somebody must look."""


class Found(NamedTuple):
    """A place where a rule finds something: characters of a paragraph."""

    paragraph: int
    """From 0."""
    start: int
    end: int
    expected: str
    """What should stand there, in Chinese."""
    expected_english: str


class Remark(NamedTuple):
    """What is told of one place of a text (审校意见)."""

    code: str
    paragraph: int
    """From 1, as people count; blank lines are none."""
    start: int
    """Characters from the beginning of the paragraph, from 0."""
    end: int
    """One after the last character."""
    found: str
    expected: str
    todo: str
    """What to do, in Chinese."""
    weight: Weight
    message: str
    """All of it in Chinese, but for the place and what to do."""
    english: str

    def __str__(self) -> str:
        place = f"第{self.paragraph}段第{self.start + 1}字"
        return f"{place} {self.code} {self.message}。{self.todo} / {self.english}"


Finder = Callable[[Text], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    """Stable: programs know a remark by it."""
    name: str
    """What is wrong, in Chinese."""
    english: str
    todo: str
    weight: Weight
    why: str
    """Which kind of fault it is for, and what it leaves alone: the docstring of its function."""
    find: Finder

    def remarks(self, text: Text) -> Iterator[Remark]:
        """All that it finds in a text."""
        for at in self.find(text):
            said = text.paragraphs[at.paragraph][at.start : at.end]
            yield Remark(
                code=self.code,
                paragraph=at.paragraph + 1,
                start=at.start,
                end=at.end,
                found=said,
                expected=at.expected,
                todo=self.todo,
                weight=self.weight,
                message=f"{self.name}：“{_cut(said)}”，应为：{at.expected}",
                english=f"{self.english}: {_cut(said)!r}, expected {at.expected_english}",
            )


_MOST = 40
"""Characters of a text that a message repeats."""
RULES: dict[str, Rule] = {}
"""All of them by code, once the modules of `reports.prose.rules` are imported."""


def rule(
    code: str, name: str, english: str, todo: str, *, weight: Weight = "fault"
) -> Callable[[Finder], Finder]:
    """Registers a function as the rule of a code. Raises ValueError where the code is taken."""

    def register(find: Finder) -> Finder:
        if code in RULES:
            raise ValueError(f"two rules have the code {code}")
        why = " ".join((find.__doc__ or "").split())
        RULES[code] = Rule(code, name, english, todo, weight, why, find)
        return find

    return register


def _cut(text: str) -> str:
    return f"{text[:_MOST]}…" if len(text) > _MOST else text
