"""`mingjian report`: the annual report as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import LEDGER, LedgerOption, run
from cli.moment import AtOption, KnownOption, PeriodOption, answer, print_notes
from reports import annual
from reports.render import html, markdown

report = typer.Typer(no_args_is_help=True, add_completion=False, help="报告 / reports")


@report.command("annual")
def annual_report(
    output: Annotated[Path, typer.Option("-o", "--output", help="输出文件 / file")],
    period: PeriodOption = "2024",
    form: Annotated[Literal["html", "md"], typer.Option("--format", help="格式")] = "html",
    ledger: LedgerOption = LEDGER,
    known: KnownOption = None,
    at: AtOption = None,
) -> None:
    """法治政府建设年度报告 / the annual report."""
    answered = run(answer(annual.build, ledger, period, None, known, at))
    made = answered.said
    render = html.render if form == "html" else markdown.render
    output.write_text(render(made), encoding="utf-8")
    typer.echo(f"{output}")
    print_notes(answered, known)
