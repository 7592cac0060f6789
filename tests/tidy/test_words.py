"""What people read in Chinese is in words that an office uses, and in Chinese.

The list of words stands in words.toml: wrong, right, and where the right one is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.tidy.test_tidy import HAN, ROOMS, ROOT, modules, shown

WORDS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests/tidy/words.toml").read_text(encoding="utf-8")
)["word"]
CHINESE = re.compile(f"[{HAN}]")
TEMPLATES = ("api/templates", "reports/render/templates")
PLANS = "bureaus/*/plans/*.md"
DOCUMENTS = ("README.zh-CN.md",)
MARKED_UP = re.compile(
    r"<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>|<[^>]*>|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
SAYS_SO = re.compile(r'<(\w+) lang="en">.*?</\1>', re.DOTALL)
"""What a page for vendors says in English, too, and says that it does."""
ENGLISH = re.compile(r"[A-Za-z]{2,}")
NAMES = frozenset({"JSON", "SHA", "UTF", "HTML", "Markdown", "DOCX", "XLSX", "GBK", "CSV"})
"""Names of formats, which have no other in Chinese."""


@cache
def read() -> tuple[tuple[str, str], ...]:
    """All that people may get to see, with where it stands."""
    found = [
        text
        for module in modules(*(room for room in ROOMS if room != "sample"))
        for text in shown(module)
    ]
    for pattern in (*(f"{folder}/*.html" for folder in TEMPLATES), PLANS, *DOCUMENTS):
        for path in sorted(ROOT.glob(pattern)):
            where = path.relative_to(ROOT).as_posix()
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [(f"{where}:{number}", line) for number, line in enumerate(lines, 1)]
    return tuple((where, text) for where, text in found if CHINESE.search(text))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: str(word["wrong"]))
def test_no_word_is_shown_that_no_office_uses(word: dict[str, Any]) -> None:
    found = []
    right = re.compile("|".join(map(re.escape, word.get("but", ()))) or "(?!)")
    for where, text in read():
        if word["wrong"] in right.sub("", text):
            found.append(f"{where}: “{word['wrong']}” is {word['right']} ({word['source']})")
    assert not found, "\n".join(found)


def test_the_list_is_read_where_people_read() -> None:
    """A wrong word in any of these places would be seen."""
    places = {where.partition(":")[0] for where, _ in read()}
    for place in ("api/templates/base.html", "README.zh-CN.md", "cli/ingest.py"):
        assert place in places
    assert any(place.startswith("bureaus/") for place in places)
    assert any(place.startswith("rules/a") for place in places)


def english(page: str) -> Iterator[str]:
    """The words of a template that are in no Chinese, but for names of formats."""
    for text in MARKED_UP.split(SAYS_SO.sub("", page)):
        yield from (word for word in ENGLISH.findall(text or "") if word not in NAMES)


def test_pages_and_documents_are_in_chinese() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {word}"
        for folder in TEMPLATES
        for path in (ROOT / folder).glob("*.html")
        for word in english(path.read_text(encoding="utf-8"))
    }
    assert not found, "\n".join(sorted(found))
