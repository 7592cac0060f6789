"""The glossary speaks of things that exist."""

from __future__ import annotations

import re
from pathlib import Path

from domain.catalogue import EVENTS

GLOSSARY = (Path(__file__).parents[2] / "docs/glossary.md").read_text()
FACT = re.compile(
    r"`([a-z]+(?:-[a-z]+)*-(?:received|requested|reported|recorded|held|given|posted|filed|confirmed|"
    r"refused|adjusted|completed|adopted|implemented|paid|released|instructed|settled|returned|found|"
    r"ordered|approved|changed|identified|disposed|performed|taken|conducted|verified|registered|"
    r"closed|served|passed|decided|published|seconded|issued|engaged|reviewed|corrected|withdrawn|"
    r"updated|compiled|heard|deployed|opened|written|signed))`"
)


def test_every_fact_it_names_is_an_event_type() -> None:
    facts = {name.partition(".")[2].removesuffix(".v1") for name in EVENTS}
    named = set(FACT.findall(GLOSSARY))

    assert len(named) > 50
    assert named <= facts


def test_no_word_is_explained_twice() -> None:
    words = re.findall(r"^\| ([^|`]+?) \|", GLOSSARY, re.MULTILINE)
    words = [word for word in words if word not in {"中文", "---"}]

    assert sorted(set(words)) == sorted(words)
