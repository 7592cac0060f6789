"""A group of commands of which one is usual: its name may be left out."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Usual(TyperGroup):
    """`report annual …` is short for `report make annual …`."""

    usual = ""
    """The command that is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As the library asks for it."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [self.usual, *args]
        return super().parse_args(ctx, args)
