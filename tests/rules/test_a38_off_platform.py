"""Enforcement is entered on the province's platform."""

from __future__ import annotations

from rules.a38_off_platform import RULE
from tests.support.enforcement import a_body, a_decision, an_inspection, on
from tests.support.findings import findings
from tests.support.ledger import Bench, event


async def test_what_other_books_tell_is_not_on_the_platform(bench: Bench) -> None:
    await bench.tell(a_body(), an_inspection("JC-1"), a_decision("CF-1"))
    books = "bureau-enforcement"
    await bench.take(
        event(books, "e-1", an_inspection("JC-2")),
        event(books, "e-2", a_decision("CF-2")),
        event(books, "e-3", an_inspection("JC-3", mode="patrol")),
    )

    found = dict(await findings(bench, RULE))
    assert set(found) == {"inspection/JC-2", "penalty/CF-2"}
    one = found["inspection/JC-2"]
    assert (one.position, one.valid_from) == (4, on("06-05"))
    assert one.what == "2024-06-05的行政检查由“局内执法台账”报送，未在执法平台办理"
