"""Reading long lists, which are CSV: a header, then one row per thing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.bureau.reading.tables import decoded, listed, shown
from domain.bureau.reading.wrong import Wrong

_MAX_FIELD = 400


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
    header: list[str] | None = None
    for line, text in enumerate(decoded(file, files[file], wrong).split("\n"), 1):
        try:
            # A list has thousands of lines, and few of them have quotes.
            quoted = '"' in text
            fields = next(csv.reader([text], strict=True), []) if quoted else text.split(",")
        except csv.Error as error:
            wrong.append(Wrong(file, line, f"no CSV: {error}", "quotes that close in their line"))
            continue
        if header is None:
            header = fields
            if header[:2] != list(columns[:2]) or not set(header) <= set(columns):
                wrong.append(Wrong(file, 1, f"columns {listed(header)}", listed(columns)))
                return
        elif len(fields) > len(header):
            wrong.append(Wrong(file, line, f"{len(fields)} fields under {len(header)} columns"))
        elif any(len(field) > _MAX_FIELD for field in fields):
            wrong.append(
                Wrong(file, line, "a field is too long", f"at most {_MAX_FIELD} characters")
            )
        elif any(fields):
            held = dict(zip(header, (field.strip() for field in fields), strict=False))
            yield Row(file, line, held, wrong)
