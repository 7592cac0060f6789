"""What a document of a plan reads: asked for before anything is worked out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reports.measure import Slice
from reports.plans import filling, layout
from reports.plans.plan import Choice, Claim, Names, Node, Number, Plan, Quantity, TablePlan
from reports.plans.values import Numbers

IN_PROSE = re.compile(r"\{([^\W\d_]\w*)(?::(name|number))?\}")
"""What staff may write in their own text: figures, not claims."""


class Wanted:
    """What a document reads: asked for before anything is worked out."""

    def __init__(self, plan: Plan, numbers: Numbers) -> None:
        self.plan, self.numbers = plan, numbers
        self.claims: list[str] = []
        self.figures: list[str] = []
        self.names: dict[str, Slice] = {}

    def all(self, prose: Mapping[str, str]) -> None:
        """Everything in the plan, and the figures in what staff wrote."""
        for nodes in (self.plan.title, self.plan.signed, self.plan.dated):
            self.nodes(nodes)
        for block in self.plan.blocks:
            if isinstance(block, TablePlan):
                layout.ask(self.numbers, block)
                self.nodes(block.note)
            else:
                self.nodes(block.nodes)
        if self.plan.form is not None:
            filling.ask(self.numbers, self.plan.form)
        for text in prose.values():
            for match in IN_PROSE.finditer(text):
                if match[1] in self.plan.figures:
                    self.figure(match[1])

    def figure(self, item: str) -> None:
        """A figure, with what stands beside it and what it is worked out from."""
        figure = self.plan.figures[item]
        if item not in self.figures:
            self.figures.append(item)
            self.nodes(figure.beside)
        self.numbers.ask(figure.quantity)

    def nodes(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, Claim):
                if node.id not in self.claims:
                    self.claims.append(node.id)
                self.nodes(node.words)
                self.nodes(node.nothing or ())
            elif isinstance(node, Names):
                part = node.quantity.slice
                if part is not None:
                    self.names[key_of(node.quantity)] = part
            elif isinstance(node, Choice):
                self.numbers.ask(node.quantity)
                self.nodes((*node.yes, *node.no))
            elif isinstance(node, Number):
                self.numbers.ask(node.quantity)
                if node.id:
                    self.figure(node.id)


def key_of(quantity: Quantity) -> str:
    """Under what the names behind a measure are kept."""
    part = quantity.slice
    return "" if part is None else f"{part.measure.name} {sorted(part.cut.items())}"
