"""The annual report of the sample year, as staff wrote it and as it was published."""

from __future__ import annotations

import re
from datetime import datetime

from reports import plans, publication
from sample.feed import SHANGHAI
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench
from tests.year.conftest import KNOWN


async def test_the_report_is_not_known_to_be_published_before_it_was(bench: Bench) -> None:
    before = datetime(2025, 1, 17, 16, 51, tzinfo=SHANGHAI)

    assert (await bench.figure("F63", known=before)).value is None


async def test_staff_wrote_every_section_but_the_last_and_typed_no_number(bench: Bench) -> None:
    prose = await publication.sections(bench.connection, await bench.moment(known=KNOWN))

    assert prose.keys() == plans.of(SAMPLE)[plans.ANNUAL].sections.keys() - {"other"}
    assert not [text for text in prose.values() if re.search(r"[0-90-9]", text)]
    assert len(prose["shortcomings"].splitlines()) == 5
    assert len(prose["next-year"].splitlines()) == 4


async def test_what_stands_beside_a_figure_is_what_the_records_say(bench: Bench) -> None:
    beside = {
        "F35": "撤销登记 2、注销登记 5、限期整改 3",
        "F39": "6 / 7",
        "F46": "其中期内已公告 38 条",
        "F53": "总结表述：200多家",
        "F54": "总结表述：2.5万人次",
        "F55": "总结表述：1500多万元",
        "F61": "(6 − 2) / 7",
    }

    assert {f: (await bench.figure(f, known=KNOWN)).beside for f in beside} == beside
