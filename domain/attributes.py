"""The attributes of a CloudEvent, in whatever way a library writes them, as we write them.

What comes of the same fact sent through another library is the same: an attribute that is null is
unset, the media type of JSON has many spellings, a running number may be text, and what is added on
the way (tracing, schema addresses) is kept in the bytes and otherwise ignored.
"""

from __future__ import annotations

import re
from string import ascii_letters
from typing import Any, Literal

from domain.faults import MAX_INTEGER
from domain.identifiers import holds_resident_id

ATTRIBUTES = frozenset(
    {
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"),
        *("division", "sequence", "corrects", "correctionkind", "receivedat"),
    }
)
"""Those that mean something here."""
JSON_TYPE: Literal["application/json"] = "application/json"
_MARKS = "!#$%&'*+.^_`|~0-9"
_LETTER = f"[{_MARKS}A-Za-z-]"
_WORD = _LETTER + "+"
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[\t -~])*"'


def _in_any_case(word: str) -> str:
    """A pattern of a word in capitals or not, as JSON Schema writes it."""
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)


def _other_than(word: str) -> str:
    """A pattern of words other than this one, without looking ahead: not every language can."""
    made = []
    for place, letter in enumerate(word):
        others = "".join(c for c in ascii_letters if c.lower() != letter)
        before = _in_any_case(word[:place])
        made += [f"{before}[{_MARKS}{others}-]{_LETTER}*", *filter(None, [before])]
    return f"(?:{'|'.join(made)}|{_in_any_case(word)}{_WORD})"


_CHARSET = _in_any_case("charset") + "="
_UTF_8 = _in_any_case("utf-8")
JSON_TYPES = (
    f"^{_in_any_case(JSON_TYPE)}"
    rf'(?:[ \t]*;(?:[ \t]*(?:{_CHARSET}(?:{_UTF_8}|"{_UTF_8}")'
    rf"|{_other_than('charset')}=(?:{_WORD}|{_QUOTED})))?)*[ \t]*$"
)
"""The media type of JSON: capitals or not, with parameters (RFC 9110 8.3.1); only UTF-8 is read."""
_JSON_TYPES = re.compile(JSON_TYPES[1:-1])
MOST_OF_TYPE = 200
DIGITS = r"^[0-9]{1,20}$"
"""A running number as text, perhaps filled up with zeros so that it sorts as text."""
_DIGITS = re.compile(DIGITS[1:-1])
EXTENSION = r"^[a-z0-9]{1,20}$"
"""The name of an attribute (CloudEvents 1.0)."""
_EXTENSION = re.compile(EXTENSION[1:-1])
MOST_OF_EXTENSION = 2_000
"""Characters of the value of an attribute that is ignored."""


def plain(message: dict[str, Any]) -> dict[str, Any]:
    """A message with its attributes as we write them; itself, if it is written so.

    What cannot be put right is left as it is: the contract refuses it.
    """
    if (
        ATTRIBUTES.issuperset(message)
        and message.get("datacontenttype") == JSON_TYPE
        and type(message.get("sequence", 0)) is int
        and None not in message.values()
    ):
        return message
    made = {name: value for name, value in message.items() if not _left_out(name, value)}
    sequence, media_type = made.get("sequence"), made.get("datacontenttype", JSON_TYPE)
    if isinstance(sequence, str) and _DIGITS.fullmatch(sequence) and int(sequence) <= MAX_INTEGER:
        made["sequence"] = int(sequence)
    if (
        isinstance(media_type, str)
        and len(media_type) <= MOST_OF_TYPE
        and _JSON_TYPES.fullmatch(media_type)
    ):
        made["datacontenttype"] = JSON_TYPE
    return made


def _left_out(name: str, value: Any) -> bool:
    """Whether an attribute is unset, or one that we ignore; none that holds a person's number."""
    if name in ATTRIBUTES:
        return value is None
    if not _EXTENSION.fullmatch(name) or holds_resident_id(name):
        return False
    if isinstance(value, str):
        return len(value) <= MOST_OF_EXTENSION and not holds_resident_id(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    return value is None


def may_be_named(name: str) -> bool:
    """Whether an attribute that is refused may be told by its name: it says nothing of a person."""
    return _EXTENSION.fullmatch(name) is not None and re.search("[0-9]{6}", name) is None
