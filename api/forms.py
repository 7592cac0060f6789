"""The form in which an answer is wanted: the ending of its address, else what the client takes."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, get_args

from starlette.requests import Request

Form = Literal["html", "json", "csv", "xlsx", "zip"]
FORMS: tuple[Form, ...] = get_args(Form)
"""In the order in which they are offered to who takes any."""
MEDIA: dict[Form, tuple[str, ...]] = {
    "html": ("text/html", "application/xhtml+xml"),
    "json": ("application/json", "application/problem+json"),
    "csv": ("text/csv",),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "zip": ("application/zip",),
}
"""What each is called in `Accept`; its own name first."""
ENDINGS: tuple[Form, ...] = ("json", "csv", "xlsx", "zip")
"""Of addresses."""
OF_FILES: frozenset[Form] = frozenset(("csv", "xlsx"))
"""What is taken along, beside what every page is."""
PACK: Form = "zip"
"""What a portal takes over (reports.pack)."""
READ_API = "/api/v1/"
"""Before every address of the read API, which has JSON only."""
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def named(request: Request) -> Form | None:
    """The form that the ending of the address names."""
    form: Form | None = getattr(request.state, "form", None)
    return form


def wanted(request: Request, offered: Collection[Form]) -> Form | None:
    """Of the forms that there are the one that is wanted; None where none of them is."""
    if (form := named(request)) is not None:
        return form if form in offered else None
    accept = request.headers.get("accept", "").strip()
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    liked = {form: _liking(form, ranges) for form in FORMS if form in offered}
    best = max(liked, key=lambda form: liked[form], default=None)
    return None if best is None or not liked[best][0] else best


def wants_file(request: Request) -> bool:
    """Whether a page that has files is wanted as one: it has the rows of all its pages."""
    return wanted(request, FORMS) in {*OF_FILES, PACK}


def _range(part: str) -> tuple[str, float]:
    """A media range and its weight; one that cannot be read weighs 1."""
    name, *parameters = part.split(";")
    weights = [match[1] for p in parameters if (match := _WEIGHT.fullmatch(p.strip()))]
    return name.strip().lower(), float(weights[0]) if weights else 1.0


def _liking(form: Form, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """How much a form is liked: the weight of the closest range that holds it, and how close."""
    found = [
        (closeness, weight)
        for name, weight in ranges
        if (closeness := max(_closeness(name, media) for media in MEDIA[form]))
    ]
    if not found:
        return 0.0, 0
    closest = max(closeness for closeness, _ in found)
    return max(weight for closeness, weight in found if closeness == closest), closest


def _closeness(name: str, media: str) -> int:
    """3 where a range names a media type, 2 its kind, 1 any, 0 another."""
    if name == media:
        return 3
    if name == f"{media.partition('/')[0]}/*":
        return 2
    return int(name == "*/*")
