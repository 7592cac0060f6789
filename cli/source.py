"""`mingjian source`: upstream systems, and what came of them."""

from __future__ import annotations

import typer

from cli.source_day import day
from cli.source_key import key, rotate
from cli.source_register import add, change, require, resume, suspend
from cli.source_shown import list_sources, show

FOR = "operator"

source = typer.Typer(no_args_is_help=True, add_completion=False, help="来源系统 / upstream systems")
source.command("list")(list_sources)
for _command in (show, add, change, suspend, resume, require, rotate, day):
    source.command()(_command)
source.add_typer(key, name="key")
