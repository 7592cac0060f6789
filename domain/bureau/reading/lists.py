"""Reading long lists, which are CSV: a header, then one row per thing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.bureau.reading.tables import decoded, listed, shown
from domain.bureau.reading.wrong import Wrong


class Row:
    """One row; an empty field holds nothing."""

    def __init__(self, file: str, line: int, held: Mapping[str, str], wrong: list[Wrong]) -> None:
        self.file, self.line, self._held, self._wrong = file, line, held, wrong

    def __getitem__(self, column: str) -> str:
        return self._held.get(column, "")

    def note(self, what: str, expected: str = "") -> None:
        """Something is wrong with this row."""
        self._wrong.append(Wrong(self.file, self.line, what, expected))

    def day(self, column: str) -> date | None:
        """A date, or nothing."""
        try:
            return date.fromisoformat(self[column]) if self[column] else None
        except ValueError:
            self.note(f"{column} = {shown(self[column])}", "a date such as 2024-01-31, or nothing")
            return None


def rows(
    file: str, files: Mapping[str, bytes], columns: Sequence[str], wrong: list[Wrong]
) -> Iterator[Row]:
    """The rows of a file; none where there is no such file. The first two columns must be there."""
    if file not in files:
        return
    reader = csv.reader(decoded(file, files[file], wrong).splitlines())
    header = next(reader, [])
    if header[:2] != list(columns[:2]) or not set(header) <= set(columns):
        wrong.append(Wrong(file, 1, f"columns {listed(header)}", listed(columns)))
        return
    for fields in reader:
        if not any(fields):
            continue
        if len(fields) > len(header):
            what = f"{len(fields)} fields under {len(header)} columns"
            wrong.append(Wrong(file, reader.line_num, what))
            continue
        held = dict(zip(header, (field.strip() for field in fields), strict=False))
        yield Row(file, reader.line_num, held, wrong)
