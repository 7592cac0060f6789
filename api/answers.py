"""Answers: the same data as a page, as JSON or as a file, whichever was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api import downloads, forms, furniture, looks, problems, restricted
from api.downloads import Files
from api.forms import Form
from api.furniture import NOWHERE, Place
from api.problems import Problem
from api.roles import audits, user_of
from api.view import NOW, View
from domain.contract.words import LINES
from domain.money import format_yuan
from domain.wanted import in_chinese
from infra.visible import visible
from projections.snapshot import old_notice
from reports import shown, tabled
from reports.aside import MEANING, Aside
from reports.lacks import Lacks
from reports.moment import NOT_FINAL, Moment
from reports.pack import Pack

RETRY_SECONDS = "5"
_ASCII = re.compile(r"([!-~]+(?: +[!-~]+)*)")
_PATH = re.compile(r"(?<![\w:/.])(/[a-z][a-z0-9/-]*)")
_WORD = re.compile("[A-Za-z][a-z]")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        finalize=shown.seen,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        written=shown.written,
        exact=shown.written_exact,
        amount=shown.written_amount,
        instant=shown.written_instant,
        day=shown.written_day,
        yuan=format_yuan,
        share=_share,
        label=shown.label,
        breach=shown.breach,
        cell=shown.cell,
        fact=shown.fact,
        source=_source,
        line=_line,
        township=_township,
        waited_for=shown.waited_for,
        wanted=_wanted,
        spoken=_spoken,
        led=_led,
        asked=asked_of,
        around=numbers_around,
    )
    environment.globals.update(
        banner=shown.SAMPLE_BANNER,
        invented_mark=shown.INVENTED,
        meaning=MEANING,
        heading=shown.heading,
        not_final=NOT_FINAL,
        NOW=NOW,
    )
    return environment


@pass_context
def _source(context: Context, name: str) -> str:
    return shown.source(name, context["view"].bureau)


def _line(name: str) -> str:
    """What a business line is called."""
    return LINES.get(name, name)


@pass_context
def _township(context: Context, code: str) -> str:
    place = context["view"].bureau.townships.get(code)
    return code if place is None else str(place.name)


def _wanted(text: str) -> str:
    """What was expected of a message, or is to be done about it, without its English."""
    return in_chinese(text).partition(" / ")[0]


def _spoken(text: str) -> Markup:
    """A sentence in which words that are not Chinese say so: a voice would spell them."""
    said = (
        Markup('<span lang="en">{}</span>').format(part) if _WORD.search(part) else escape(part)
        for part in _ASCII.split(visible(text, lines=True))
    )
    return Markup("").join(said)


def _led(hint: str) -> Markup:
    """What to do next, with the pages that it names as links."""
    said = (
        Markup('<a href="{}" lang="en">{}</a>').format(part, part) if number % 2 else _spoken(part)
        for number, part in enumerate(_PATH.split(hint))
    )
    return Markup("").join(said)


def asked_of(query: str) -> list[tuple[str, str]]:
    """What a query string asks."""
    return parse_qsl(query.removeprefix("?"))


def numbers_around(page: int, pages: int) -> list[int]:
    """The numbers of pages that lead on from one: the first, its neighbours, the last; 0 = a gap.

    A gap of one page is no gap.
    """
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    made: list[int] = []
    for number in near:
        missing = range(made[-1] + 1, number) if made else ()
        if missing:
            made.append(missing[0] if len(missing) == 1 else 0)
        made.append(number)
    return made


def _share(part: Any, whole: Any) -> float:
    """Length of a bar, 0 to 100."""
    return round(100 * max(0, int(part or 0)) / int(whole), 1) if whole else 0.0


PAGE: tuple[Form, ...] = ("html", "json")
"""What every page is."""


def wants_json(request: Request) -> bool:
    """Whether JSON is wanted and not a page; so are problems told to who asks for a file.

    The read API has nothing else, whatever a client takes.
    """
    if request.scope["path"].startswith(forms.READ_API):
        return True
    if forms.named(request) == "json":
        return True
    if forms.named(request) is not None:
        return "text/html" not in request.headers.get("accept", "")
    return forms.wanted(request, PAGE) == "json"


class Json(JSONResponse):
    """JSON in which everything can be seen: it may be read on a terminal."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return visible(text).encode()


async def answer(
    request: Request,
    template: str,
    view: View,
    data: dict[str, Any],
    *,
    moment: Moment | None = None,
    place: Place = NOWHERE,
    files: Files = downloads.NONE,
    pack: Callable[[], Pack] | None = None,
    **context: Any,
) -> Response:
    """A page from the template, `data` as JSON, one of the page's files, or its publish pack.

    All say when the ledger is a sample, and what waits in the period, then and now; none says
    anything of whom is restricted. Raises Problem where the client takes nothing that there is, or
    where that is all there is.
    """
    data, files = await restricted.cover(request, view, data, files)
    packs: tuple[Form, ...] = () if pack is None else (forms.PACK,)
    form = forms.wanted(request, {*PAGE, *files.forms, *packs})
    if form is None:
        raise problems.not_acceptable(_there_is(files, pack))
    waits: dict[str, Aside] = {}
    recorded, ahead = None, ""
    if moment is not None:
        recorded, ahead = await view.ahead(moment)
        waits["waiting"] = await view.aside(moment)
        now = view.present(moment) if view.auditor else moment
        waits["waiting_now"] = await view.aside(now)
    lacks = Lacks.of(view.lacking)
    if form in files.forms or form == forms.PACK:
        then = moment or files.moment
        about = tabled.about(
            view.bureau.name,
            then,
            view.ledger.name,
            sample=view.ledger.sample,
            internal=view.auditor,
        )
        about |= _besides(view, ahead, lacks, waits)
        if pack is not None and form == forms.PACK:
            return await downloads.packed(view, pack(), files.said(about), then)
        return await downloads.response(view, files.said(about), form, then)
    if form == "json":
        head: dict[str, Any] = {"ledger": view.ledger.name, "sample": view.ledger.sample}
        if view.ledger.sample:
            head["notice"] = shown.SAMPLE_BANNER
        head["read_models"] = view.read_models
        if view.older:
            head["older"] = old_notice(view.read_models)
        if moment is not None:
            head |= {
                "period": [moment.start.isoformat(), moment.end.isoformat()],
                "asof": moment.end.isoformat(),
                "at": moment.at,
                "recorded_to": None if recorded is None else recorded.isoformat(),
                "final": moment.final,
            }
            head |= {name: found.as_json() for name, found in waits.items()}
            head |= lacks.as_json()
        return Json(head | data)
    look = looks.of(request)
    page = _environment().get_template(template)
    html = page.render(
        look=look,
        looks=looks.links(request, look),
        request=request,
        view=view,
        moment=moment,
        query=view.query(moment),
        ahead=ahead,
        superseded_by=None if moment is None else view.superseded_by(moment),
        sample=view.ledger.sample,
        auditor=view.auditor,
        **_reader(request),
        bureau=view.bureau.name,
        office=view.bureau,
        data=data,
        json_href=downloads.address(request, "json"),
        downloads=downloads.links(request, files),
        pack_href="" if pack is None else downloads.address(request, forms.PACK),
        lacks=lacks,
        **await furniture.around(request, view, moment, place),
        **waits,
        **context,
    )
    return HTMLResponse(looks.handed_on(html, look))


def _there_is(files: Files, pack: Callable[[], Pack] | None) -> str:
    kinds = ["网页", "JSON"]
    kinds += ["CSV", "XLSX"] if files.tables else []
    kinds += [] if pack is None else ["发布包（ZIP）"]
    return f"这一页有{'、'.join(kinds)}，没有所要的格式"


def _besides(view: View, ahead: str, lacks: Lacks, waits: dict[str, Aside]) -> dict[str, str]:
    """What a page says above its values, for its files."""
    said = {"未计入": waits["waiting"].text if waits else "", "缺漏": lacks.text, "范围": ahead}
    if view.older:
        said["汇总表"] = old_notice(view.read_models)
    return said


def problem_response(request: Request, problem: Problem) -> Response:
    """An error as application/problem+json or as a page."""
    response = _problem_response(request, problem)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mingjian"'
    return response


def _problem_response(request: Request, problem: Problem) -> Response:
    wait = RETRY_SECONDS if problem.wait is None else str(problem.wait)
    headers = {"Retry-After": wait} if problem.passes else None
    if wants_json(request):
        return Json(
            problem.as_json(request.url.path),
            status_code=problem.status,
            headers=headers,
            media_type="application/problem+json",
        )
    opens = getattr(request.state, "opens", "")
    html = of_no_ledger(request, "problem.html", problem=problem, opens=opens)
    return HTMLResponse(html, status_code=problem.status, headers=headers)


def _reader(request: Request) -> dict[str, Any]:
    """Who reads, as the frame of a page shows it; on the public face nobody does."""
    signing = request.app.state.signing
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "inside": request.app.state.inside,
        "user": user_of(request),
        "purpose": getattr(request.state, "purpose", ""),
        "in_session": hasattr(request.state, "session"),
        "has_provider": signing is not None and signing.has_provider,
        "asked": request.url.path + query if signing is not None else "",
    }


def rendered(template: str, **context: Any) -> str:
    """A page in no frame: one that is kept as a file."""
    return _environment().get_template(template).render(**context)


def of_no_ledger(request: Request, template: str, **context: Any) -> str:
    """A page in the site's frame that rests on no ledger, and stands where there is none."""
    return (
        _environment()
        .get_template(template)
        .render(
            office=getattr(request.state, "bureau", None),
            menu=furniture.menu(request.url.path, user_of(request)),
            sample=getattr(request.state, "sample", request.app.state.sample),
            auditor=audits(request),
            **_reader(request),
            **context,
        )
    )
