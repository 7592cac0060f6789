"""`mingjian person`: what the ledger holds of one person, who may still read it, and until when."""

from __future__ import annotations

import typer

from cli.person_look import history, kept, show
from cli.person_order import forget, hold, release_hold, restrict, unrestrict

FOR = "operator"

person = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="人员：账本所存的一切、遗忘、限制处理 / a person: what is held, forgetting, restriction",
)
for command in (show, history, kept, forget, restrict, unrestrict, hold):
    person.command()(command)
person.command("release-hold")(release_hold)
