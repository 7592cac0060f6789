"""The catalogue of what is to be public: mistakes by file and line, and who is told what."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.bureau.reading import FolderWrong, digest_of, read
from infra.bureaus import SHIPPED, load, national_file
from projections.catalogue import READ_MODELS
from reports import disclosure, registers, themes
from reports.disclosure.clocked import CLOCKED, RECORDED, RELEASES
from reports.disclosure.clocks import least_of
from reports.disclosure.reading import UNITS
from reports.disclosure.row import OPEN_TO_ALL
from reports.disclosure.tabling import as_json, limit_of
from tests.support.bureau import SAMPLE
from tests.support.enforcement import on

ROOT = Path(__file__).resolve().parents[2]
NATIONAL, OWN = "cn/disclosure.toml", "disclosure.toml"
BUREAUS = (SAMPLE, load(SHIPPED / "439902"))
DAY = on("12-31")


PLAIN = {path: raw for path, raw in SAMPLE.files.items() if not path.startswith("plans/")}
"""Without report plans, whose reading takes most of the time."""


def with_file(name: str, text: str) -> Bureau:
    """The sample bureau with another catalogue."""
    files = {**PLAIN, name: text.encode()}
    return replace(SAMPLE, files=files, digest=digest_of(files))


def wrong_with(name: str, text: str) -> list[tuple[str, int, str]]:
    """File, line and words of all that is wrong."""
    found = disclosure.check(with_file(name, text))
    return [(w.file, w.line, f"{w.what}; expected {w.expected}") for w in found]


class Mutation(NamedTuple):
    """A text of a national row replaced; what stands in the line to be named."""

    row: str
    old: str
    new: str
    line: str
    says: str


MUTATIONS = {
    "no law": Mutation(
        "villages", "村民委员会组织法 3(2)", "村委会法 3(2)", "basis =", "no law 村委会法"
    ),
    "no basis": Mutation("villages", 'basis = "村民', 'basis = "村', "basis =", "no law"),
    "no item": Mutation("villages", 'item = "', 'content2 = "', "[[row]]", "item is missing"),
    "an unknown key": Mutation("villages", "levels =", "level =", "level =", "unknown key"),
    "no such kind": Mutation("villages", '"publication"', '"posted"', "kind =", "one of notice"),
    "no such audience": Mutation(
        "villages", '"all"', '"everybody"', "audience =", "one of all, village, party, staff"
    ),
    "no such channel": Mutation("villages", '"website"', '"web"', "channels =", "one of website"),
    "no channel": Mutation("villages", '["website"]', "[]", "channels =", "channels is empty"),
    "no such level": Mutation("villages", '"county"', '"city"', "levels =", "one of county"),
    "no such way": Mutation("villages", '"active"', '"passive"', "ways =", "one of active"),
    "a number of its own": Mutation(
        "villages", '["disclosure.publish-working-days"]', "20", "limits =", "a list of texts"
    ),
    "no such parameter": Mutation(
        "villages",
        "disclosure.publish-working-days",
        "disclosure.publish",
        "limits =",
        "no parameter",
    ),
    "a parameter that is no limit": Mutation(
        "villages",
        "disclosure.publish-working-days",
        "inspection.least-officers",
        "limits =",
        "no parameter that is a limit",
    ),
    "no such register": Mutation(
        "villages", '["villages"]', '["towns"]', "registers =", "no register 'towns'"
    ),
    "no such column": Mutation(
        "column-work-news", '["work-news"]', '["news"]', "columns =", "one of work-news"
    ),
    "an interval of nothing": Mutation(
        "column-work-news", 'columns = ["work-news"]\n', "", "every =", "without columns"
    ),
    "no such topic": Mutation(
        "assistance-policies", '["social-assistance"]', '["aid"]', "topics =", "one of social"
    ),
    "no such read model": Mutation(
        "penalty-decisions", '"penalty_case"', '"payment"', "clocks =", "one of inspection"
    ),
    "a day that may not be named": Mutation(
        "penalty-decisions", '"decided_on"', '"filed_on"', "clocks =", "one of decided_on"
    ),
    "recorded, but from when": Mutation(
        "assistance-policies", 'from = "adopted_on", ', "", "clocks =", "says nothing without from"
    ),
    "kinds where there is one": Mutation(
        "penalty-decisions",
        'done = "published_on"',
        'done = "published_on", only = ["warning"]',
        "clocks =",
        "of one kind",
    ),
    "persons on the website": Mutation(
        "dibao-notice", '["village-board"]', '["website"]', "channels =", "everybody reads website"
    ),
    "persons on a register": Mutation(
        "dibao-notice",
        'kind = "notice"',
        'kind = "notice"\nregisters = ["villages"]',
        "registers =",
        "for everybody, and it is not",
    ),
    "a row twice": Mutation(
        "dibao-list", '"dibao-list"', '"dibao-notice"', "name =", "stands here twice"
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_mistake_is_named_with_its_file_and_line_and_shown_to_nobody(mutation: Mutation) -> None:
    before = SAMPLE.files[NATIONAL].decode()
    start = before.index(f'name = "{mutation.row}"')
    at = before.index(mutation.old, start)
    assert "[[row]]" not in before[start:at]
    after = before[:at] + mutation.new + before[at + len(mutation.old) :]
    found = wrong_with(NATIONAL, after)

    (line,) = {
        number for file, number, words in found if mutation.says in words and file == NATIONAL
    }
    lines = after.splitlines()
    assert mutation.line in lines[line - 1], found
    row = before[:start].count("\n")
    assert row - 1 <= line - 1 < row + before[start:].index("\n[[row]]"), found
    shown = disclosure.of(with_file(NATIONAL, after))
    assert len(shown) == len(disclosure.of(SAMPLE)) - 1


@pytest.mark.parametrize("bureau", BUREAUS, ids=lambda bureau: str(bureau.division))
def test_the_catalogue_of_the_country_is_right_for_each_bureau(bureau: Bureau) -> None:
    assert disclosure.check(bureau) == []
    names = [row["name"] for row in tomllib.loads(national_file(OWN).decode())["row"]]
    assert list(disclosure.of(bureau)) == names
    assert len(names) > 40


@pytest.mark.parametrize("bureau", BUREAUS, ids=lambda bureau: str(bureau.division))
def test_what_no_source_reports_is_not_connected(bureau: Bureau) -> None:
    found = disclosure.of(bureau)
    for name in ("vagrants", "petitions", "elderly-canteens", "relief-list", "dibao-guide"):
        assert not found[name].connected, name
    for name in ("organisations", "penalty-decisions", "dibao-notice", "column-work-news"):
        assert found[name].connected, name


def test_without_a_source_for_its_line_a_row_is_not_connected() -> None:
    """Of a bureau whose offices report nothing of enforcement."""
    sources = {
        name: replace(
            each,
            lines=each.lines - {"inspection", "penalties"},
            classes=frozenset(
                c for c in each.classes if not c.startswith(("inspection.", "penal"))
            ),
            _may={},
        )
        for name, each in SAMPLE.sources.items()
    }
    less = replace(SAMPLE, sources=sources, digest="without enforcement")
    before, after = disclosure.of(SAMPLE), disclosure.of(less)
    assert {name for name in after if before[name].connected and not after[name].connected} == {
        "draws",
        "enforcement-on-the-spot",
        "inspection-catalogue",
        "inspection-results",
        "penalty-decisions",
        "penalty-withdrawals",
    }


def test_the_registers_and_the_catalogue_say_the_same() -> None:
    """Each register serves one row, and both give it the same name and time."""
    shown = registers.of(SAMPLE)
    rows = disclosure.of(SAMPLE).values()
    assert sorted(name for row in rows for name in row.registers) == sorted(shown)
    for row in rows:
        for name in row.registers:
            assert shown[name].item == row.item
            limit = least_of(SAMPLE, row.limits, DAY)
            assert limit == (shown[name].working_days, "工作日"), name


def test_each_theme_serves_a_row() -> None:
    named = [path for row in disclosure.of(SAMPLE).values() for path in row.themes]
    assert sorted(named) == sorted(themes.of(SAMPLE))


def test_a_bureau_switches_rows_off_and_on_and_lists_its_own() -> None:
    own = """
[[row]]
name = "vagrants"
shown = false

[[row]]
name = "villages"
connected = false

[[row]]
name = "our-plan"
area = "规划"
item = "民政事业规划"
content = "本区民政事业发展规划"
basis = "政府信息公开条例 20"
body = "区民政局"
channels = ["website"]
audience = "all"
levels = ["county"]
ways = ["active"]
kind = "publication"
columns = ["policies"]
clocks = [{ model = "case_step", from = "ended_on", done = "end_posted_on", only = ["tekun"] }]
"""
    bureau = with_file(OWN, own)
    found = disclosure.of(bureau)
    assert disclosure.check(bureau) == []
    assert "vagrants" not in found
    assert not found["villages"].connected
    assert list(found)[-1] == "our-plan"
    assert limit_of(found["our-plan"], bureau, DAY) == ""
    hidden = PLAIN[NATIONAL].decode().replace('name = "draws"\n', 'name = "draws"\nshown = false\n')
    again = b'[[row]]\nname = "draws"\nshown = true\n'
    less = with_file(NATIONAL, hidden)
    files = {**less.files, OWN: again}
    assert "draws" not in disclosure.of(less)
    assert "draws" in disclosure.of(replace(less, files=files, digest=digest_of(files)))


GOOD = """[[row]]
name = "ours"
area = "规划"
item = "规划"
content = "规划"
basis = "政府信息公开条例 20"
body = "区民政局"
channels = ["website"]
audience = "all"
levels = ["county"]
ways = ["active"]
kind = "publication"
"""


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[row]]\nname = "draws"\n', 1, "nothing is said of draws"),
        ('[[row]]\nname = "draws"\nshown = false\nbody = "区"\n', 4, "for the whole country"),
        ('[[row]]\nname = "ours"\nshown = false\n', 1, "item is missing"),
        ('[[row]]\nname = "draws"\nitem = "抽查"\n', 2, "stands here twice"),
        ("[row]\n", 1, "row = a table"),
        ("[[rows]]\n", 1, "unknown key 'rows'"),
        (f'{GOOD}plans = ["weekly"]\n', 13, "no plan 'weekly'"),
        (
            f'{GOOD}clocks = [{{ model = "case_step", done = "ended_on", only = ["wubao"] }}]\n',
            13,
            "only holds 'wubao'",
        ),
        (f'{GOOD}clocks = [{{ model = "inspection" }}]\n', 13, "done is missing"),
        (
            f'{GOOD}clocks = [{{ model = "inspection", done = "inspected_on", to = "x" }}]\n',
            13,
            "unknown key 'to'",
        ),
    ],
)
def test_a_mistake_of_the_bureaus_own_file_is_named(text: str, line: int, says: str) -> None:
    found = wrong_with(OWN, text)
    assert [(file, at) for file, at, words in found if says in words] == [(OWN, line)], found
    assert "ours" not in disclosure.of(with_file(OWN, text))


def test_a_folder_that_an_earlier_program_adopted_has_the_catalogue_of_today() -> None:
    """With its laws of then: what this program's catalogue rests on, it brings along."""
    laws = SAMPLE.files["cn/laws.toml"].replace("民办函〔2019〕52号".encode(), b"-")
    assert laws != SAMPLE.files["cn/laws.toml"]
    files = {path: raw for path, raw in SAMPLE.files.items() if path != NATIONAL}
    with pytest.raises(FolderWrong, match=r"cn/disclosure\.toml:1: no such file"):
        read(files)
    adopted = read({**files, "cn/laws.toml": laws}, national_file("rules.toml"))
    assert not adopted.laws.named("民办函〔2019〕52号")
    assert disclosure.check(adopted) == []
    assert disclosure.of(adopted).keys() == disclosure.of(SAMPLE).keys()


@pytest.mark.parametrize("bureau", BUREAUS, ids=lambda bureau: str(bureau.division))
def test_what_is_for_some_names_no_page_and_no_day(bureau: Bureau) -> None:
    """Even where its row would name a register: a definition that slips through fails closed."""
    rows = [row for row in disclosure.of(bureau).values() if not row.is_public]
    assert {row.audience for row in rows} == {"village", "party"}
    for row in rows:
        said = as_json(replace(row, registers=("villages",)), bureau, DAY, None, ())
        assert said["pages"] == []
        assert said["last_published_on"] is None
        assert said["channels_name"]


def test_limits_are_said_as_a_clerk_says_them() -> None:
    rows = disclosure.of(SAMPLE)
    said = {name: limit_of(row, SAMPLE, DAY) for name, row in rows.items()}
    assert said["penalty-decisions"] == "作出决定之日起7个工作日内"
    assert said["inspection-results"] == "检查之日起20个工作日内"
    assert said["assistance-policies"] == "信息形成或者变更之日起10个工作日内"
    assert said["dibao-notice"] == "信息形成或者变更之日起10个工作日内；公示7日"
    assert said["rule-of-law-report"] == "年度终了之日起3个月内"
    assert said["column-work-news"] == "每14日至少更新一次"
    assert limit_of(rows["penalty-decisions"], SAMPLE, on("2018-01-01")) == ""


def test_days_that_a_clock_may_name_are_those_of_the_document() -> None:
    text = (ROOT / "docs/bureau.md").read_text(encoding="utf-8")
    text = text.partition("Only these days may be named.")[2].partition("\n## ")[0]
    names = {model.name for model in READ_MODELS}
    for name, clocked in CLOCKED.items():
        assert clocked.models <= names
        if name == RELEASES:
            continue
        (row,) = re.findall(rf"^\| `{name}` \| (.*?) \|", text, re.MULTILINE)
        assert re.findall(r"`([^`]+)`", row) == list(clocked.days), name
    assert f'done = "{RECORDED}"' in (ROOT / "docs/bureau.md").read_text(encoding="utf-8")
    assert {each.unit for each in PARAMETERS.values()} >= set(UNITS)


OTHERS = ["1", "-1", "true", '""', '"x"', "[]", "[1]", "{}", "2024-01-01", '["a", "a"]', '["", 1]']
WORDS = ("village", "all", "website", "penalty_case", "notice_on", "recorded", "name", "registers")
BEGUN = f'[[row]]\nname = "draws"\nshown = false\n\n{GOOD}columns = ["policies"]\n'


@st.composite
def edited(draw: st.DrawFn) -> dict[str, bytes]:
    """Up to three edits of either file: a line left out, doubled or moved, or a value otherwise."""
    made = {**PLAIN, OWN: BEGUN.encode()}
    for _ in range(draw(st.integers(1, 3))):
        file = draw(st.sampled_from([NATIONAL, OWN]))
        lines = made[file].decode().split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["out", "twice", "moved", "value", "word"]))
        key, equals, _ = lines[at].partition(" = ")
        if how == "out":
            del lines[at]
        elif how == "twice":
            lines.insert(at, lines[at])
        elif how == "moved":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif how == "word":
            old, new = (draw(st.sampled_from(WORDS)) for _ in range(2))
            lines[at] = lines[at].replace(old, new)
        elif equals:
            lines[at] = f"{key} = {draw(st.sampled_from(OTHERS))}"
        made[file] = "\n".join(lines).encode()
    return made


@settings(max_examples=25)
@given(edited())
def test_any_definition_is_read_or_refused(files: dict[str, bytes]) -> None:
    """And what is not for everybody names no page in the end, whatever was written."""
    bureau = replace(SAMPLE, files=files, digest=digest_of(files))
    for wrong in disclosure.check(bureau):
        assert 1 <= wrong.line <= files[wrong.file].count(b"\n") + 1
    for row in disclosure.of(bureau).values():
        said = as_json(row, bureau, DAY, None, ())
        assert row.is_public or not (
            row.registers or row.plans or row.themes or row.columns or said["pages"]
        )
        assert row.is_public or not OPEN_TO_ALL & {*row.channels}
        assert row.channels
        assert all(limit in PARAMETERS for limit in row.limits)
        for clock in row.clocks:
            named = {day for day in (clock.start, clock.until, clock.done) if day}
            assert named <= clock.clocked.days.keys() | {RECORDED}
            assert clock.done
