"""Each statement of the report holds by what was sent: without one of its events it is false."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.ledger import rolled_back
from tests.year.conftest import KNOWN, data_of, is_a

ENFORCEMENT = frozenset({"organisations", "personnel", "enforcement", "bureau-enforcement"})
NEEDED = {
    "S01": frozenset({"funeral"}),
    "S14": frozenset({"marriage"}),
    "S18": frozenset({"placenames"}),
    **dict.fromkeys(("S09", "S10", "S11", "S12", "S13", "S15"), frozenset({"office"})),
    **dict.fromkeys(("S02", "S03", "S04", "S05", "S06", "S07", "S08", "S17", "S19"), ENFORCEMENT),
}
"""Statement → the sources that tell what it rests on."""
OLD_FORM = '"form":"receipt-old","kind":"receipt","number":3412,'
ROAD = '"place":"DM-2024-1-017"'
OLD_PROMISE = '"form":"promise-old","kind":"promise","number":'
COUPLE = "{couple of the ceremony}"
LEFT_OUT: tuple[tuple[str, str, str], ...] = (
    ("S01", "funeral.form-stock-sealed", '"form":"promise-old"'),
    ("S01", "funeral.form-stock-sealed", '"form":"receipt-old"'),
    ("S01", "funeral.form-version-activated", '"form":"receipt-new"'),
    ("S01", "funeral.ashes-certificate-issued", f"{OLD_PROMISE}3407,"),
    ("S01", "funeral.form-voided", f"{OLD_PROMISE}3441,"),
    ("S02", "inspection.inspection-conducted", '"mode":"joint"'),
    ("S02", "inspection.rectification-ordered", "骨灰"),
    ("S02", "inspection.rectification-verified", ""),
    ("S03", "officers.adviser-engaged", '"FIRM-B"'),
    ("S03", "officers.legal-service-recorded", '"FLGW-B-2024"'),
    ("S04", "inspection.inspection-conducted", '"JC-2024-003"'),
    ("S04", "penalties.evidence-taken", '"CF-02-2024"'),
    ("S05", "inspection.inspection-conducted", '"JC-2024-003"'),
    ("S05", "penalties.evidence-taken", '"CF-02-2024"'),
    ("S06", "penalties.penalty-served", '"CF-02-2024"'),
    ("S07", "inspection.enforcement-information-published", '"GS-01"'),
    ("S07", "inspection.enforcement-information-published", '"GS-02"'),
    ("S07", "inspection.enforcement-information-published", '"GS-03"'),
    ("S07", "inspection.enforcement-information-published", '"GS-06"'),
    ("S07", "inspection.inspection-result-published", '"JC-2024-003"'),
    ("S07", "penalties.penalty-published", '"CF-01-2024"'),
    ("S08", "penalties.legal-review-passed", '"CF-01-2024"'),
    ("S09", "outreach.training-held", '"kind":"disclosure"'),
    ("S10", "outreach.law-list-compiled", ""),
    ("S11", "outreach.guide-issued", '"guide":"social-assistance"'),
    ("S11", "outreach.guide-issued", '"guide":"canteens"'),
    ("S11", "outreach.guide-issued", '"guide":"smart-elderly-care"'),
    ("S11", "outreach.notice-board-updated", ""),
    ("S12", "outreach.study-session-held", ""),
    ("S13", "outreach.work-report-heard", ""),
    ("S13", "outreach.work-deployed", '"first_responsible":true'),
    ("S14", "marriage.certificate-ceremony-held", '"held_on":"2024-05-20"'),
    ("S14", "marriage.certificate-ceremony-held", '"held_on":"2024-10-01"'),
    ("S14", "marriage.marriage-registered", COUPLE),
    ("S15", "outreach.training-attended", '"township":"445102111"'),
    ("S15", "villages.village-taken-over", '"445102007001"'),
    ("S17", "organisations.deregistered", "自行解散"),
    ("S17", "organisations.establishment-approved", '"SQ-2024-001"'),
    ("S17", "organisations.registration-revoked", '"CF-01-2024"'),
    ("S17", "organisations.register-counted", '"2024-12-31"'),
    ("S18", "placename.batch-adopted", '"batch":1,'),
    ("S18", "placename.naming-proposed", ROAD),
    ("S18", "placename.assessment-reported", ROAD),
    ("S18", "placename.expert-review-held", ROAD),
    ("S18", "placename.opinions-collected", ROAD),
    ("S18", "placename.name-approved", ROAD),
    ("S18", "placename.name-filed", ROAD),
    ("S18", "placename.name-announced", ROAD),
    ("S19", "inspection.population-snapshot-taken", ""),
    ("S19", "inspection.random-draw-performed", ""),
    ("S19", "inspection.drawn-object-exempted", ""),
    ("S19", "inspection.inspection-conducted", '"JC-2024-003"'),
    ("S19", "officers.licence-taken-over", '"ZF-03"'),
)  # fmt: skip
"""Statement, fact, and what its line holds: without these lines the statement is false."""
ROUTINE = (
    "organisations.annual-report-filed",
    "funeral.cremation-recorded",
    "funeral.ashes-placed",
    "outreach.participant-joined",
    "outreach.turnout-counted",
)
"""Facts that no statement rests on; left out for speed."""


@pytest.fixture(scope="session")
def sources(lines: list[bytes]) -> dict[str, list[bytes]]:
    """The lines of each source that statements rest on, in order of receipt.

    Of the marriages, those of the couples of the ceremonies only.
    """
    held = data_of(lines, "marriage.certificate-ceremony-held")
    couples = [number.encode() for one in held for number in one["certificates"]]
    by_source: dict[str, list[bytes]] = {}
    for source in frozenset[str]().union(*NEEDED.values()):
        mark = f'"source":"{source}"'.encode()
        found = (line for line in lines if mark in line)
        if source == "marriage":
            found = (line for line in found if any(couple in line for couple in couples))
        by_source[source] = [
            line for line in found if not any(is_a(line, fact) for fact in ROUTINE)
        ]
    return by_source


def needed(sources: dict[str, list[bytes]], statement: str) -> list[bytes]:
    """The lines that a statement rests on. S02 asks for the bodies that keep ashes too."""
    found = [line for source in sorted(NEEDED[statement]) for line in sources[source]]
    if NEEDED[statement] is ENFORCEMENT:
        bodies = "funeral.keeping-body-taken-over"
        found += [line for line in sources["funeral"] if is_a(line, bodies)]
    return sorted(found, key=received_at)


def received_at(line: bytes) -> str:
    return str(json.loads(line)["receivedat"])


async def holds(ledger_url: str, lines: Iterable[bytes], statement: str) -> bool:
    """Whether a statement holds in a ledger of these lines, as known at publication."""
    async with rolled_back(ledger_url) as empty:
        await empty.take(*lines)
        return (await empty.statement(statement, known=KNOWN)).holds is True


@pytest.mark.parametrize("statement", NEEDED)
async def test_each_statement_is_false_when_its_event_is_left_out(
    ledger_url: str, sources: dict[str, list[bytes]], statement: str
) -> None:
    lines = needed(sources, statement)
    couple = json.loads(sources["marriage"][0])["data"]["certificate_number"]
    without = [(fact, text) for of, fact, text in LEFT_OUT if of == statement]

    assert without
    assert await holds(ledger_url, lines, statement)
    for fact, text in without:
        mark = couple if text == COUPLE else text
        kept = [line for line in lines if not is_a(line, fact, mark)]
        assert len(kept) < len(lines), (fact, text)
        assert not await holds(ledger_url, kept, statement), (fact, text)


def one_lawyer(lawyers: list[Any]) -> list[Any]:
    return lawyers[:1]


EVIDENCE = '"CF-02-2024","officers":["ZF-03","ZF-05"],"licences_shown":true,"text_record":"06263e'
PUBLISHED = "inspection.enforcement-information-published"
CONDUCTED = '"inspection_number":"JC-2024-003"'
OTHERWISE: tuple[tuple[str, str, str, str, Any], ...] = (
    ("S01", "funeral.ashes-certificate-issued", OLD_FORM, "issued_on", "2024-03-15"),
    ("S01", "funeral.form-stock-sealed", '"form":"promise-old"', "sealed_on", "2024-03-16"),
    ("S02", "inspection.inspection-conducted", '"JC-2024-016"', "joint_with", "区市场监督管理局"),
    ("S02", "funeral.keeping-body-taken-over", '"GH-07"', "registered_on", "2024-12-02"),
    ("S02", "inspection.rectification-ordered", '"JC-2024-015"', "due_on", None),
    ("S02", "inspection.rectification-verified", '"JC-2024-015"', "verified_on", "2025-01-06"),
    ("S03", "officers.adviser-engaged", '"FIRM-B"', "lawyers", one_lawyer),
    ("S03", "officers.adviser-engaged", '"FIRM-B"', "until_on", "2024-12-30"),
    ("S04", "inspection.inspection-conducted", CONDUCTED, "licences_shown", False),
    ("S04", "penalties.evidence-taken", EVIDENCE, "licences_shown", False),
    ("S05", "inspection.inspection-conducted", CONDUCTED, "recording", None),
    ("S05", "inspection.inspection-conducted", CONDUCTED, "text_record", None),
    ("S05", "penalties.evidence-taken", EVIDENCE, "recording", None),
    ("S06", "penalties.penalty-served", '"CF-02-2024"', "served_on", "2024-11-15"),
    ("S06", "penalties.penalty-served", '"CF-02-2024"', "receipt", None),
    ("S07", PUBLISHED, '"GS-01"', "published_on", "2024-12-01"),
    ("S07", PUBLISHED, '"GS-06"', "published_on", "2025-01-05"),
    ("S07", "inspection.inspection-result-published", CONDUCTED, "published_on", "2024-06-28"),
    ("S07", "penalties.penalty-published", '"CF-01-2024"', "published_on", "2024-09-20"),
    ("S08", "penalties.legal-review-passed", '"CF-01-2024"', "reviewed_on", "2024-09-04"),
    ("S09", "outreach.training-held", '"kind":"disclosure"', "held_on", "2023-12-29"),
    ("S10", "outreach.law-list-compiled", "", "compiled_on", "2023-12-29"),
    ("S11", "outreach.guide-issued", '"guide":"social-assistance"', "issued_on", "2023-12-29"),
    ("S12", "outreach.study-session-held", '"XF-2024-05"', "laws", []),
    ("S12", "outreach.study-session-held", '"XF-2024-05"', "laws", ["社会救助工作条例"]),
    ("S12", "outreach.study-session-held", '"XF-2024-05"', "held_on", "2024-04-30"),
    ("S13", "outreach.work-report-heard", "", "first_responsible", False),
    ("S13", "outreach.work-deployed", '"HY-2024-01"', "first_responsible", False),
    ("S14", "marriage.certificate-ceremony-held", '"held_on":"2024-05-20"', "co_organisers", None),
    ("S14", "marriage.marriage-registered", COUPLE, "registered_on", "2024-12-30"),
    ("S17", "organisations.register-counted", '"counted_on":"2024-12-31"', "bodies", 1),
    ("S18", "placename.name-approved", ROAD, "authority", "区人民政府"),
    ("S18", "placename.assessment-reported", ROAD, "passed", False),
    ("S18", "placename.name-announced", ROAD, "romanised_name", None),
    ("S18", "placename.name-announced", ROAD, "announced_on", "2025-01-15"),
    ("S18", "placename.name-filed", ROAD, "filed_on", "2024-12-31"),
    ("S19", "inspection.inspection-conducted", CONDUCTED, "inspected_on", "2024-05-14"),
    ("S19", "inspection.inspection-conducted", CONDUCTED, "officers", ["ZF-04", "SP-01"]),
)  # fmt: skip
"""Statement, fact, what its line holds, a field, and what that field says instead (None = nothing):
then what the sentence claims is not so. The law of S12 came into force on the day after."""


@pytest.mark.parametrize("statement", dict.fromkeys(of for of, *_ in OTHERWISE))
async def test_each_statement_is_false_when_one_event_says_otherwise(
    ledger_url: str, sources: dict[str, list[bytes]], statement: str
) -> None:
    lines = needed(sources, statement)
    couple = json.loads(sources["marriage"][0])["data"]["certificate_number"]
    for fact, text, field, instead in (row for of, *row in OTHERWISE if of == statement):
        mark = couple if text == COUPLE else text
        told = [n for n, line in enumerate(lines) if is_a(line, fact, mark)]
        (place,) = [n for n in told if b'"corrects":' not in lines[n]]
        message = json.loads(lines[place])
        data = message["data"]
        data[field] = instead(data[field]) if callable(instead) else instead
        if instead is None:
            del data[field]
        written = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        changed = [*lines[:place], written, *lines[place + 1 :]]

        assert not await holds(ledger_url, changed, statement), (fact, field)
