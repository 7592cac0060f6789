"""Forms with files, as browsers send them (RFC 7578)."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_string
from email.message import Message
from typing import NamedTuple

MEDIA = "multipart/form-data"
MOST_OF_A_HEAD = 4_096
"""Bytes of what a part says of itself before its content."""


class NoForm(ValueError):
    """What came is no form with files."""


class TooManyFields(ValueError):
    """A form has more fields than any that was asked for."""


class File(NamedTuple):
    """A file that a person chose: its name there, and its bytes."""

    name: str
    content: bytes


class Filled(NamedTuple):
    """A form as it was filled in; of a field that came twice, the first."""

    fields: Mapping[str, str]
    files: Mapping[str, File]


def filled(content_type: str, body: bytes, most: int) -> Filled:
    """A form of at most so many fields: the boundary stands nowhere within them.

    Raises NoForm, TooManyFields.
    """
    about = Message()
    about["Content-Type"] = content_type
    boundary = about.get_boundary()
    if not boundary or about.get_content_type() != MEDIA:
        raise NoForm
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), most + 2)
    if len(parts) - 2 > most:
        raise TooManyFields
    if len(parts) < 2 or not parts[-1].startswith(b"--"):  # noqa: PLR2004  the last one ends it
        raise NoForm
    told: dict[str, str] = {}
    files: dict[str, File] = {}
    for part in parts[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        if len(head) > MOST_OF_A_HEAD:
            raise NoForm
        headers = message_from_string(head.decode("utf-8", "replace").lstrip())
        name = str(headers.get_param("name", "", "content-disposition"))
        if (file := headers.get_filename()) is None:
            told.setdefault(name, content.decode("utf-8", "replace"))
        else:
            files.setdefault(name, File(file, content))
    return Filled(told, files)
