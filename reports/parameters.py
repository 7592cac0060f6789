"""The bureau's parameters in SQL: what was in force on the day of a row."""

from __future__ import annotations

from domain.bureau.bureau import Bureau


def in_force(bureau: Bureau, rule: str, day: str) -> str:
    """SQL: the number in force on a day, null where none was. The bureau's own come first.

    Raises KeyError for no parameter, TypeError for one that is no number.
    """
    values = []
    for order, dated in enumerate(bureau.rules.by_name[rule]):
        if not isinstance(dated.value, int):
            raise TypeError(f"{rule} is no number")
        until = "'infinity'" if dated.until is None else f"'{dated.until}'"
        values.append(f"({order}, DATE '{dated.since}', DATE {until}, {int(dated.value)})")
    return (
        f"(SELECT number FROM (VALUES {', '.join(values)}) AS limits (rank, since, until, number)"
        f" WHERE {day} BETWEEN since AND until ORDER BY rank LIMIT 1)"
    )
