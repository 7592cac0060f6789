"""Set phrases, and words that claim more than one case shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.prose.rule import Found, rule
from reports.prose.text import BREAKS, Span, Text, clause, counts, shared

_AIM = re.compile(
    "力争|争取|确保|将|拟|计划|努力|推动实现|目标|要求|应当|应|须|必须|不得|要|下一步|打算|原则|规定|依法可|严禁|如果|凡"
)
_COUNTED = re.compile(
    "[二两三四五六七八九十百千]+(?:个|家|项|名|位|户|宗|次|条|对|件|所|处|场|期|类|种|级|镇|村|者|本|张)"
)
_NAMED = 3
"""Characters that name something; fewer are a verb."""
_BORNE_OUT = re.compile(
    "经[^，。；]{1,20}(?:认定|评定|评为|通报|公布)|据[^，。；]{1,20}(?:统计|通报)|授予|表彰"
)


@rule("wrong_phrase", "固定用语写错", "a set phrase is written wrongly", "改为规范用语")
def phrases(text: Text) -> Iterator[Found]:
    """Words of `wording.toml` that clerks often mistake for others."""
    for phrase in text.wording.phrases:
        for at, found in text.matches(phrase.wrong):
            yield Found(at, found.start(), found.end(), phrase.right, phrase.right)


@rule(
    "claim_without_figure",
    "断言没有数字或依据",
    "a claim has no figure or statement behind it",
    "写出数量和口径（应…个、实…个），或写明认定的单位和文件；没有依据的删去",
)
def claims(text: Text) -> Iterator[Found]:
    """全部, 均, 无一, 100% without a count; 率先, 首创, 唯一 without who says so.

    A count in the sentence will do, if it is not of something else. What is aimed at or asked for,
    and what a statement of the ledger bears out, is none.
    """
    for claim in text.wording.claims:
        for at in text.sentences:
            for found in claim.words.finditer(at.text):
                start, before = clause(at.text, found.start())
                ahead = at.text[:start][-30:] + before
                if _AIM.search(ahead) or _is_stated(text, at, found):
                    continue
                backed = (
                    _BORNE_OUT.search(at.text) if claim.first else _counted(at.text, start, found)
                )
                if not backed:
                    place = at.start + found.start()
                    yield Found(
                        at.paragraph,
                        place,
                        place + len(found[0]),
                        "有数字或依据的说法",
                        "a claim with what bears it out",
                    )


def _is_stated(text: Text, at: Span, found: re.Match[str]) -> bool:
    """Whether a claim stands in words that a statement bears out."""
    line, start = text.paragraphs[at.paragraph], at.start + found.start()
    places = ((line.find(said, max(0, start - len(said))), len(said)) for said in text.statements)
    return any(0 <= place <= start < place + length for place, length in places)


def _counted(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a count stands in a sentence for what a claim is of.

    Where all of something are claimed that is named in the clause, the count must be in that clause
    or of the same thing: 来信12件 bears nothing out of 群众诉求全部解决.
    """
    clause_end = next((n for n in range(found.end(), len(text)) if text[n] in BREAKS), len(text))
    if _some(text[start:clause_end]):
        return True
    if not _some(text):
        return False
    named = re.sub("[已都也并对将的]", "", text[start : found.start()])
    if found[0].startswith("均") or len(named) < _NAMED:
        return True
    return shared(named, text[:start]) > 0


def _some(text: str) -> bool:
    """Whether a text has a count, in whatever numerals."""
    return bool(counts(text)) or bool(_COUNTED.search(text))
