"""A folder with a mistake is refused with the file, the line and what was expected."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from domain.bureau.reading import FolderWrong, read
from infra.bureaus import files
from tests.support.bureau import FOLDER

VILLAGES = (
    "code,name,area,since,until\n445102100001,河内村,,2020-01-01,\n445102007001,示例社区,urban,,\n"
)
GOOD = files(FOLDER) | {"villages.csv": VILLAGES.encode()}


class Mutation(NamedTuple):
    """One text of one file replaced; the line that is to be named, by what stands there."""

    file: str
    old: str
    new: str
    line: str
    says: str


MUTATIONS = {
    # bureau.toml
    "no county": Mutation("bureau.toml", '"445102"', '"445199"', "division =", "445199"),
    "five digits": Mutation("bureau.toml", '"445102"', '"44510"', "division =", "6 digits"),
    "a number for a text": Mutation("bureau.toml", '"445102"', "445102", "division =", "445102"),
    "an unknown key": Mutation("bureau.toml", "short =", "shrot =", "shrot", "unknown key"),
    "a key that is missing": Mutation(
        "bureau.toml", 'whole = "全区"\n', "", "#", "whole is missing"
    ),
    "an empty name": Mutation("bureau.toml", '潮州市湘桥区民政局"', '"', 'name = ""', "a text"),
    "yes for true": Mutation("bureau.toml", "sample = true", 'sample = "yes"', "sample", "true or"),
    "a publisher that is no source": Mutation(
        "bureau.toml", '"office"', '"offices"', "publisher", "no source 'offices'"
    ),
    "a publisher that may not report": Mutation(
        "bureau.toml", '"office"', '"payouts"', "publisher", "says nothing of reports"
    ),
    "a key twice": Mutation("bureau.toml", "own =", "short =", 'short = "本区"', "no TOML"),
    "a quote not closed": Mutation("bureau.toml", '"本区"', '"本区', "own =", "no TOML"),
    # townships.toml
    "a township elsewhere": Mutation(
        "townships.toml", '"445102011"', '"445103011"', "445103011", "not in 445102"
    ),
    "a township twice": Mutation(
        "townships.toml",
        '"445102011"\nname',
        '"445102010"\nname',
        '"445102010"\nname = "西新街道"',
        "twice",
    ),
    "an area that is none": Mutation(
        "townships.toml", 'area = "rural"', 'area = "town"', 'area = "town"', "urban, rural"
    ),
    "since after until": Mutation(
        "townships.toml",
        'name = "铁铺镇"',
        'name = "铁铺镇"\nsince = 2024-01-01\nuntil = 2023-12-31',
        "until =",
        "not before since",
    ),
    "a date in quotes": Mutation(
        "townships.toml",
        'name = "铁铺镇"',
        'name = "铁铺镇"\nsince = "2024-01-01"',
        "since =",
        "a date without quotes",
    ),
    "no such day": Mutation(
        "townships.toml",
        'name = "铁铺镇"',
        'name = "铁铺镇"\nsince = 2023-02-29',
        "since =",
        "no TOML",
    ),
    "one table for a list": Mutation(
        "townships.toml", "[[township]]", "[[townships]]", "[[townships]]", "unknown key"
    ),
    "two townships of one name": Mutation(
        "townships.toml",
        'name = "官塘镇"',
        'name = "铁铺镇"',
        'name = "铁铺镇"\narea = "rural"\n\n[[township]]\ncode = "445102400"',
        "at the same time",
    ),
    # villages.csv
    "a village in no township": Mutation(
        "villages.csv", "445102100001", "445102101001", "445102101001", "in no township"
    ),
    "a village twice": Mutation(
        "villages.csv", "445102007001", "445102100001", "445102100001,示例", "twice"
    ),
    "a village's date": Mutation("villages.csv", "2020-01-01", "2020-1-1", "河内村", "a date such"),
    "a column that is none": Mutation("villages.csv", "area,", "urban,", "code,", "columns"),
    "a row too long": Mutation("villages.csv", "urban,,", "urban,,,,", "示例社区", "fields under"),
    # sources.toml
    "a line that is none": Mutation(
        "sources.toml", '["children"]', '["child"]', '["child"]', "no business line 'child'"
    ),
    "a class that is none": Mutation(
        "sources.toml",
        'classes = [\n    "assistance.payroll-prepared"',
        'classes = [\n    "assistance.recovered"',
        "assistance.recovered",
        "no class of events 'assistance.recovered'",
    ),
    "a source twice": Mutation(
        "sources.toml",
        '"bureau-enforcement"',
        '"enforcement"',
        '"enforcement"\ntitle = "局内',
        "twice",
    ),
    "a source without lines": Mutation(
        "sources.toml", 'lines = ["disclosure"]', "", '[[source]]\nname = "website"', "say nothing"
    ),
    "an exception of another line": Mutation(
        "sources.toml",
        'lines = ["assistance"]',
        'lines = ["children"]',
        '"assistance.payroll-prepared"',
        "lines does not",
    ),
    "a source of no division": Mutation(
        "sources.toml",
        'lines = ["funeral"]',
        'lines = ["funeral"]\ndivisions = [\n    "445102",\n    "445109",\n]',
        '    "445109"',
        "no division '445109'",
    ),
    # programmes.toml
    "a programme of no line": Mutation(
        "programmes.toml", 'line = "children"', 'line = "child"', 'line = "child"', "one of"
    ),
    "a way of paying that is none": Mutation(
        "programmes.toml", 'pays = "top-up"', 'pays = "topup"', 'pays = "topup"', "top-up"
    ),
    "a standard that is none": Mutation(
        "programmes.toml",
        'pays = "top-up"\nstandard = "dibao"',
        'pays = "top-up"\nstandard = "low"',
        'standard = "low"',
        "no standard 'low'",
    ),
    "a standard of a mode that is none": Mutation(
        "programmes.toml",
        '"orphan-institutional" }',
        '"orphans" }',
        "standards_by_mode",
        "no standard 'orphans'",
    ),
    "a mode that is none": Mutation(
        "programmes.toml", "{ institutional =", "{ institution =", "standards_by_mode", "home-based"
    ),
    "flat without a standard": Mutation(
        "programmes.toml",
        'standard = "tekun"\n',
        "",
        '[[programme]]\ncode = "tekun"',
        "standard is missing",
    ),
    "graded without levels": Mutation(
        "programmes.toml",
        'pays = "flat"\nstandard = "nursing-subsidy"\n',
        'pays = "graded"\n',
        '[[programme]]\ncode = "nursing-subsidy"',
        "levels is missing",
    ),
    "a level of no standard": Mutation(
        "programmes.toml",
        'pays = "flat"\nstandard = "nursing-subsidy"\n',
        'pays = "graded"\nlevels = [\n'
        '    { code = "first", name = "一级", standard = "nursing-subsidy" },\n'
        '    { code = "second", name = "二级", standard = "second" },\n]\n',
        'code = "second"',
        "no standard 'second'",
    ),
    "levels of a flat programme": Mutation(
        "programmes.toml",
        'standard = "living-subsidy"\none',
        'standard = "living-subsidy"\nlevels = []\none',
        "levels = []",
        "means nothing",
    ),
    "an item twice": Mutation(
        "programmes.toml", '"care", name', '"basic", name', '"basic", name = "照料护理"', "twice"
    ),
    "no basic item": Mutation(
        "programmes.toml", '"basic", name', '"base", name', "items = [", "no item basic"
    ),
    "a unit that is none": Mutation(
        "programmes.toml", 'unit = "户"', 'unit = "家"', 'unit = "家"', "户, 人, 户次, 人次"
    ),
    "grades by a rule that lists none": Mutation(
        "programmes.toml",
        '"disability.nursing-grades"',
        '"penalties.decide-days"',
        "grades =",
        "one of disability.nursing-grades",
    ),
    "two programmes of one name": Mutation(
        "programmes.toml", 'short = "特困"', 'short = "低保"', 'short = "低保"\nunit = "人"', "too"
    ),
    "paid once, counted by months": Mutation(
        "programmes.toml",
        'pays = "flat"\nstandard = "living-subsidy"',
        'pays = "once"',
        'unit = "人"\nline = "disability"\npays = "once"',
        "户次 or 人次",
    ),
    "a household of one person": Mutation(
        "programmes.toml",
        'standard = "dibao"\nbasis',
        'standard = "dibao"\none_person = true\nbasis',
        "one_person",
        "is no 户",
    ),
    "parents of the disabled": Mutation(
        "programmes.toml",
        'grades = "disability',
        'parents = "gone"\ngrades = "disability',
        'parents = "gone"\ngrades',
        "means nothing",
    ),
    "excludes what there is not": Mutation(
        "programmes.toml",
        'programme = "dibao" }',
        'programme = "debao" }',
        'programme = "debao" }',
        "no programme 'debao'",
    ),
    "excludes itself": Mutation(
        "programmes.toml",
        'programme = "dibao" }',
        'programme = "tekun" }',
        'programme = "tekun" }',
        "excludes itself",
    ),
    "excludes twice": Mutation(
        "programmes.toml",
        '{ programme = "orphan" }',
        '{ programme = "dibao", document = "示例〔2024〕1号" }',
        "示例〔2024〕1号",
        "excluded twice",
    ),
    "a share of a standard that there is not": Mutation(
        "programmes.toml",
        'of = "dibao"',
        'of = "debao"',
        'of = "debao"',
        "no standard 'debao'",
    ),
    # rules.toml
    "a rule that nobody reads": Mutation(
        "rules.toml", "nursing-grades]]", "nursing-grade]]", "nursing-grade]]", "nobody reads it"
    ),
    "a rule of another kind": Mutation(
        "rules.toml", "value = true", "value = 1", "value = 1", "true or false"
    ),
    "no basis": Mutation(
        "rules.toml",
        'value = true\nbasis = "本地执行口径"',
        "value = true",
        "[[assistance.whole-yuan]]",
        "basis is missing",
    ),
    "a grade that is none": Mutation("rules.toml", '"5/4"', '"5-4"', "value", "kind/grade"),
    "two values at once": Mutation(
        "rules.toml",
        "[[assistance.whole-yuan]]\n",
        "[[assistance.whole-yuan]]\nsince = 2010-01-01\nuntil = 2015-01-01\nvalue = false\n"
        'basis = "示例"\n\n[[assistance.whole-yuan]]\n',
        "since = 2014-05-01",
        "overlaps",
    ),
    "a gap between two values": Mutation(
        "rules.toml",
        "[[assistance.whole-yuan]]\n",
        "[[assistance.whole-yuan]]\nsince = 2010-01-01\nuntil = 2014-04-01\nvalue = false\n"
        'basis = "示例"\n\n[[assistance.whole-yuan]]\n',
        "since = 2014-05-01",
        "leaves a gap",
    ),
    "a value before without an end": Mutation(
        "rules.toml",
        "[[assistance.whole-yuan]]\n",
        "[[assistance.whole-yuan]]\nsince = 2010-01-01\nvalue = false\n"
        'basis = "示例"\n\n[[assistance.whole-yuan]]\n',
        "since = 2014-05-01",
        "has no end",
    ),
    "a national rule that is missing": Mutation(
        "cn/rules.toml", "[[penalties.serve-working", "[[x.serve-working", "#", "serve-working-days"
    ),
    "more than all": Mutation(
        "cn/rules.toml", "value = 3\n", "value = 300\n", "value = 300", "100"
    ),
    "less than nothing": Mutation("cn/rules.toml", "value = 90", "value = -90", "-90", "below 0"),
    # laws.toml, holidays.toml, divisions.csv
    "two editions at once": Mutation(
        "cn/laws.toml", "until = 2023-12-31\n", "", "since = 2024-01-01", "two editions"
    ),
    "a law without a date": Mutation(
        "laws.toml", "since = 2022-07-01\n", "", '[[law]]\ntitle = "广东省优化', "since is missing"
    ),
    "a year that is left out": Mutation(
        "cn/holidays.toml", "[2026]", "[2027]", "[2027]", "2026 is missing"
    ),
    "no such day off": Mutation(
        "cn/holidays.toml", '"02-15/02-23"', '"02-15/02-30"', "02-30", "days such as"
    ),
    "work on a weekday": Mutation(
        "cn/holidays.toml", '"09-20", "10-10"', '"09-20", "10-12"', '"09-20", "10-12"', "no weekend"
    ),
    "work on a day off": Mutation("cn/holidays.toml", '"05-09"', '"05-02"', "05-02", "is off, too"),
    "a division twice": Mutation(
        "cn/divisions.csv", "445103,潮安区", "445102,潮安区", "445102,潮安区", "twice"
    ),
}


def line_of(text: str, part: str) -> int:
    """The number of the line in which a part of a text begins."""
    assert part in text
    return text.count("\n", 0, text.index(part)) + 1


def wrong_with(changed: dict[str, bytes]) -> list[tuple[str, int, str]]:
    """File, line and words of everything that is wrong with the folder, these files changed."""
    with pytest.raises(FolderWrong) as found:
        read(GOOD | changed)
    return [(w.file, w.line, f"{w.what}; expected {w.expected}") for w in found.value.all]


def test_the_folder_as_it_is_is_right() -> None:
    """What the mutations change is good before they do."""
    assert read(GOOD).villages["445102100001"].area == "rural"


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_mistake_is_named_with_its_file_and_line(mutation: Mutation) -> None:
    before = GOOD[mutation.file].decode()
    assert mutation.old in before
    after = before.replace(mutation.old, mutation.new, 1)
    found = wrong_with({mutation.file: after.encode()})
    first = [
        words
        for file, line, words in found
        if (file, line) == (mutation.file, line_of(after, mutation.line))
    ]
    assert first, found
    assert any(mutation.says in words for words in first), found


def test_a_file_that_is_missing_is_named() -> None:
    without = {path: raw for path, raw in GOOD.items() if path != "sources.toml"}
    with pytest.raises(FolderWrong, match=r"sources\.toml:1: no such file"):
        read(without)


def test_a_file_that_nobody_reads_is_named() -> None:
    """programme.toml for programmes.toml would else be a folder without what it says."""
    assert wrong_with({"programme.toml": b""})[0][:2] == ("programme.toml", 1)


@pytest.mark.parametrize("file", ["townships.toml", "villages.csv"])
def test_other_bytes_than_utf_8_are_named(file: str) -> None:
    """What an old editor writes: the third line is in GBK."""
    lines = GOOD[file].decode().splitlines()
    raw = "\n".join(lines[:2]).encode() + "\n# 街道\n".encode("gbk")
    assert (file, 3, "not UTF-8; expected text in UTF-8") in wrong_with({file: raw})


def test_all_mistakes_are_told_at_once() -> None:
    """In the order of files and lines, so that a folder is mended in one go."""
    changed = {
        "bureau.toml": GOOD["bureau.toml"].replace(b"short =", b"shrot ="),
        "sources.toml": GOOD["sources.toml"].replace(b'"funeral"', b'"funerals"'),
    }
    found = [(file, line) for file, line, _ in wrong_with(changed)]
    assert found == sorted(found)
    assert {file for file, _ in found} == {"bureau.toml", "sources.toml"}
    assert len(found) == 3  # short is missing, shrot unknown; no line funerals


def test_a_byte_order_mark_and_other_line_ends_change_nothing() -> None:
    """As a Windows editor writes files."""
    raw = GOOD["sources.toml"].replace(b"\n", b"\r\n")
    villages = b"\xef\xbb\xbf" + VILLAGES.replace("\n", "\r\n").encode()
    again = read(GOOD | {"sources.toml": b"\xef\xbb\xbf" + raw, "villages.csv": villages})
    assert again.sources == read(GOOD).sources
    assert again.villages == read(GOOD).villages


def test_a_programme_of_which_no_source_may_speak_is_named() -> None:
    """Its cases could never be opened."""
    silent = GOOD["sources.toml"].replace(b'lines = ["children"]', b'lines = ["funeral"]')
    programmes = GOOD["programmes.toml"].decode()
    assert [(file, line) for file, line, _ in wrong_with({"sources.toml": silent})] == [
        ("programmes.toml", number)
        for number, text in enumerate(programmes.splitlines(), 1)
        if text == 'line = "children"'
    ]
