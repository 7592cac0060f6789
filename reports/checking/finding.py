"""What is found in a document that was handed in: its kind, what it is about, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from domain.codes import Labels, labels_of

Kind = Annotated[
    Literal[
        "changed",
        "other-figure",
        "earlier",
        "stale",
        "unit",
        "missing",
        "unknown",
        "claim",
        "words",
        "older",
        "rounded",
        "updated",
        "equal",
        "edited",
    ],
    Labels(
        "手工改动",
        "误用其他指标",
        "用了前一版的数",
        "数值过时",
        "单位缺失或不同",
        "数值缺失",
        "数值没有出处",
        "表述改动",
        "文字改动",
        "旧版",
        "手工舍入或换算",
        "已是新值",
        "与指标相同",
        "文字修改",
    ),
]
ENGLISH = dict(
    zip(
        get_args(get_args(Kind)[0]),
        (
            "changed by hand",
            "the value of another figure",
            "the value of an earlier edition",
            "stale: the ledger has moved",
            "unit lost, or another one",
            "a number is missing",
            "a number that matches no figure",
            "the words of a claim were changed",
            "words changed",
            "an older edition",
            "rounded or converted by hand",
            "the value known now",
            "the same as a figure",
            "prose edited",
        ),
        strict=True,
    )
)
REMARKS: frozenset[str] = frozenset(("rounded", "updated", "equal", "edited"))
"""What is right as it stands, and still to be known; all else is to be put right."""
MEANING = labels_of(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. Texts are as they are printed; empty where there is none."""

    kind: Kind
    about: str = ""
    """The number or claim: F16 发放低保金额."""
    before: str = ""
    """As the ledger says it."""
    after: str = ""
    """As it stands in the file."""
    why: str = ""
    """What else there is to say: of which figure it is the value."""
    section: str = ""
    around: str = ""
    """The words around it in the file."""
    block: int = 0
    """Of the file: the paragraph or row, from 1; 0 where it stands nowhere."""
    href: str = ""
    """Where the figure or statement of it is seen, within the site; empty for cells of tables."""

    @property
    def is_fault(self) -> bool:
        """Whether somebody has to put it right."""
        return self.kind not in REMARKS

    @property
    def text(self) -> str:
        """For people."""
        said = f"{MEANING[self.kind]} / {ENGLISH[self.kind]}"
        said += f"：{self.about}" if self.about else ""
        if self.before and self.after:
            said += f"，“{self.before}” → “{self.after}”"
        elif self.before:
            said += f"，应为“{self.before}”"
        elif self.after:
            said += f"，“{self.after}”"
        said += f"；{self.why}" if self.why else ""
        where = [f"第 {self.block} 段"] if self.block else []
        where += [self.section] if self.section else []
        said += f"（{'，'.join(where)}）" if where else ""
        return said + (f"：…{self.around}…" if self.around else "")

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "kind": self.kind,
            "fault": self.is_fault,
            "about": self.about or None,
            "before": self.before or None,
            "after": self.after or None,
            "why": self.why or None,
            "section": self.section or None,
            "around": self.around or None,
            "block": self.block or None,
            "href": self.href or None,
        }
