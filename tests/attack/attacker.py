"""An attacker with a linear programme: what all that was ever told leaves open of a hidden count.

Every count is a whole number, not below 0. What is told of several codes, days or programmes is the
sum of what it covers; what was paid of a flat programme is its standard for each person and month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from reports.cells.cell import Cell, months

Atom = tuple[str, ...]
"""The smallest thing that is counted: a measure, a programme, a day or month, a code each."""
NO_END = 10**9


class Attacker:
    """Knows all that was told, how each measure is cut, and what was paid by head.

    `codes`: measure → dimension → its codes. `paid_by_head`: a measure of money → the measure of
    persons, and the amount for each.
    """

    def __init__(
        self,
        told: Iterable[Cell],
        codes: Mapping[str, Mapping[str, Iterable[str]]],
        paid_by_head: Mapping[str, tuple[str, int]],
    ) -> None:
        self._codes = codes
        self._paid_by_head = paid_by_head
        self._at: dict[Atom, int] = {}
        known = list(dict.fromkeys(told))
        self._sums = [self._atoms_of(cell) for cell in known]
        self._values = [(cell.exact or 0) / self._amount_of(cell) for cell in known]

    def range_of(self, hidden: Cell) -> int:
        """The largest less the smallest value that a hidden count may have."""
        atoms = self._atoms_of(hidden)
        if not self._sums:
            return NO_END
        known = LinearConstraint(self._matrix(self._sums), self._values, self._values)
        whole = np.ones(len(self._at))
        wanted = self._matrix([atoms]).toarray()[0]
        assert milp(0 * wanted, constraints=known, integrality=whole).success, "told untruly"
        ends = [milp(sign * wanted, constraints=known, integrality=whole) for sign in (1, -1)]
        if any(end.x is None for end in ends):
            return NO_END
        least, most = (sign * end.fun for sign, end in zip((1, -1), ends, strict=True))
        return round(float(most - least))

    def _matrix(self, sums: Sequence[Sequence[int]]) -> csr_array:
        where = [(n, atom) for n, atoms in enumerate(sums) for atom in atoms]
        at = ([n for n, _ in where], [atom for _, atom in where])
        return csr_array((np.ones(len(where)), at), shape=(len(sums), len(self._at)))

    def _amount_of(self, cell: Cell) -> int:
        return self._paid_by_head.get(cell.measure, ("", 1))[1]

    def _atoms_of(self, cell: Cell) -> list[int]:
        measure, _ = self._paid_by_head.get(cell.measure, (cell.measure, 1))
        counted = replace(cell.at_month(), measure=measure)
        return [self._at.setdefault(atom, len(self._at)) for atom in self._atoms(counted)]

    def _atoms(self, cell: Cell) -> Iterator[Atom]:
        axes = [
            sorted(cell.codes(name) or codes)
            for name, codes in sorted(self._codes[cell.measure].items())
        ]
        days = months(cell.since or cell.until, cell.until)
        for day, subject, *codes in product(sorted(days), sorted(cell.subjects), *axes):
            yield cell.measure, subject, day, *codes
