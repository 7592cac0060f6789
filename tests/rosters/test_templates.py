"""What a template shows as an example is what a roster may say."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from domain.faults import Unacceptable
from infra import bureaus
from infra.settings import Settings
from ledger.seal import Sealer
from rosters import books, map_reading, maps
from rosters.messages import Maker
from rosters.records import records_of
from rosters.sheets import book_of
from rosters.table import EXAMPLE, find

MONTH = "2024-05"
MAPS = sorted(path for path in bureaus.SHIPPED.glob("[0-9]*/rosters/*.toml"))


@pytest.mark.parametrize("path", MAPS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_the_example_row_of_each_template_is_right_but_for_being_one(path: Path) -> None:
    bureau = bureaus.load(path.parent.parent)
    made, _ = map_reading.read_map(path.stem, path.read_bytes(), bureau)
    assert made is not None
    assert path.stem in maps.places(path.parent.parent)
    book = openpyxl.load_workbook(BytesIO(books.template(made, bureau, MONTH)))
    (example,) = (
        cell for row in book.worksheets[0] for cell in row if str(cell.value).startswith(EXAMPLE)
    )
    example.value = example.value.removeprefix(EXAMPLE)
    filled = BytesIO()
    book.save(filled)
    roster = find(book_of("roster.xlsx", filled.getvalue()), made)
    records = records_of(roster, made, bureau, MONTH)
    assert records.wrong == []
    (record,) = records.good
    maker = Maker(made, MONTH, bureau, Sealer(Settings().secret, bureau.division), "", None)
    try:
        maker.read(maker.message(made.model, maker.name("row", "1"), record.data))
    except Unacceptable as refused:
        pytest.fail(str(refused.faults))
