"""`mingjian report`: the annual report as a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import LEDGER, LedgerOption, out, run, say, writable
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
    details: Annotated[
        bool,
        typer.Option("--details", help="列出不成立的条件，含个案，不得外传 / name single cases"),
    ] = False,
) -> None:
    """法治政府建设年度报告 / the annual report."""
    writable(output)
    build = partial(annual.build, details=details)
    answered = run(answer(build, ledger, period, None, known, at))
    made = answered.said
    render = html.render if form == "html" else markdown.render
    output.write_text(render(made), encoding="utf-8")
    say(f"{output}")
    if made.notice:
        out.print(f"{made.notice} / not the published report", soft_wrap=True)
    print_notes(answered, known, [made.lacks])
