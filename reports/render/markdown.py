"""The report as Markdown."""

from __future__ import annotations

import re

from infra.visible import visible
from reports.annual import FigureRef, Gap, Paragraph, Report, Run, Section, StatementRef
from reports.aside import MEANING
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER, written_day

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BLOCK = re.compile(r"^([-+]|[0-9]+[.)])(?=\s)")


def _escaped(text: str) -> str:
    """Text in which nothing is markup, and everything can be seen."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def _run(run: Run, *, sample: bool) -> str:
    if isinstance(run, FigureRef):
        mark = f"（{INVENTED}）" if run.invented else ""
        beside = ""
        if run.beside:
            beside = f"（{_escaped(run.beside)}{'，' + INVENTED if sample else ''}）"
        return f"[{_escaped(run.text)}]({run.href}){mark}{beside}"
    if isinstance(run, StatementRef):
        return f"[{_escaped(run.text)}]({run.href})"
    if isinstance(run, Gap):
        return f"**{_escaped(run.text)}**"
    return _escaped(run.text)


def _paragraph(paragraph: Paragraph, *, sample: bool) -> str:
    text = "".join(_run(run, sample=sample) for run in paragraph.runs)
    return _BLOCK.sub(lambda match: "\\" + match[1], text)


def _section(section: Section, *, sample: bool) -> list[str]:
    heading = [f"### {_escaped(section.heading)}"] if section.heading else []
    return heading + [_paragraph(paragraph, sample=sample) for paragraph in section.paragraphs]


def render(report: Report) -> str:
    """The whole document."""
    blocks = [f"# {_escaped(report.title)}"]
    if report.sample:
        blocks.append(f"> **{SAMPLE_BANNER}**。报告文字为示例；标“{INVENTED}”的数值原报告没有。")
    notice = f"> **{_escaped(report.notice)}。**"
    blocks.append(notice if report.notice else f"发布时间：{report.published}")
    if report.internal:
        blocks.append(f"> **{INTERNAL}。**")
    if report.lacks:
        blocks.append(f"> **{report.lacks.text}。**")
    if report.aside:
        blocks.append(f"> **{report.aside.text}。** {MEANING}")
    blocks += _section(report.opening, sample=report.sample)
    for part in report.parts:
        blocks.append(f"## {_escaped(part.heading)}")
        for section in part.sections:
            blocks += _section(section, sample=report.sample)
    blocks += [f"{report.bureau}  \n{report.signed}"]
    blocks.append(
        f"账本 {report.moment.ledger}，业务截止 {written_day(report.moment.end)}，"
        f"所知至位置 {report.moment.at}"
    )
    if report.sample:
        blocks.append(f"**{SAMPLE_BANNER}**")
    return "\n\n".join(blocks) + "\n"
