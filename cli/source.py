"""`mingjian source`: upstream systems, and what came of them."""

from __future__ import annotations

import typer

from cli.source_day import day
from cli.source_key import key

FOR = "operator"

source = typer.Typer(no_args_is_help=True, add_completion=False, help="来源系统 / upstream systems")
source.command()(day)
source.add_typer(key, name="key")
source.callback()(lambda: None)  # a group, though of one
