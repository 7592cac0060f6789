"""How values and codes are written for reading."""

from __future__ import annotations

import re

import pytest

from domain.codes import labels_of
from domain.corrections import CorrectionKind
from domain.faults import REASONS
from projections.read_model import SCHEMA
from projections.snapshot import known_at
from reports.catalogue import MEASURES, slice_of
from reports.shown import HIDDEN, breach, cell, fact, heading, label, source, waited_for
from reports.table import all_parameters
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench


@pytest.mark.parametrize(
    ("code", "of", "said"),
    [
        ("not_json", "reason", "不是 JSON 对象"),
        ("id_conflict", "reason", "同一 source 与 id 已有不同内容"),
        ("changed", "correction", "更正"),
        ("recovered", "correction", "追回"),
        ("of-a-later-version", "correction", "of-a-later-version"),
    ],
)
def test_a_code_is_shown_by_its_chinese_name(code: str, of: str, said: str) -> None:
    assert label(code, of) == said


def test_every_reason_and_every_kind_of_correction_has_a_chinese_name() -> None:
    names = [label(code, "reason") for code in REASONS]
    names += [label(code, "correction") for code in labels_of(CorrectionKind)]
    assert [name for name in names if not re.search("[\u4e00-\u9fff]", name)] == []
    assert not [name for name in names if "；" in name]


def test_a_breach_is_named_as_the_judge_of_that_fact_names_it() -> None:
    assert breach("month-already-paid", "assistance.payment-settled.v1") == "所发月份已发放过"
    assert breach("decided-late", "penalties.penalty-decided.v1") == "立案后超过期限作出决定"
    assert breach("of-a-later-version", "penalties.penalty-decided.v1") == "of-a-later-version"
    assert breach("decided-late", "of.a-later-version.v1") == "decided-late"


def test_what_a_parked_event_waits_for_is_said_in_chinese() -> None:
    assert waited_for("stream:case/DB-1") == "业务对象 case/DB-1"
    assert waited_for("event:payouts/p-1") == "事件 payouts/p-1"


def test_a_fact_is_called_by_its_title() -> None:
    assert fact("assistance.payment-settled.v1") == "到账"
    assert fact("cn.mingjian.assistance.payment-settled.v1") == "到账"
    assert fact("of.a-later-version.v1") == "of.a-later-version.v1"


def test_a_source_is_called_by_its_title() -> None:
    assert source("enforcement", SAMPLE) == "粤执法平台"
    assert source("taken-off-since", SAMPLE) == "taken-off-since"


@pytest.mark.parametrize(
    ("measure", "value", "column", "said"),
    [
        ("发放金额", None, "township", ""),
        ("发放金额", "445102100", "township", "意溪镇"),
        ("发放金额", "dibao", "programme", "低保"),
        ("清理整治僵尸型社会组织", "rectification", "way", "限期整改"),
        ("执法宗数", "enforcement", "platform", "粤执法平台"),
        ("发放金额", 1_234_567, "contribution", "1,234,567"),
        ("发放金额", False, "contribution", "否"),
        ("发放金额", "DB-1 到账", "what", "DB-1 到账"),
    ],
)
def test_cells_of_the_rows_behind_a_figure(
    measure: str, value: object, column: str, said: str
) -> None:
    assert cell(value, column, slice_of(SAMPLE, measure, {})) == said


async def test_every_column_of_the_rows_behind_a_measure_has_a_chinese_heading(
    bench: Bench,
) -> None:
    await bench.connection.execute(f"SET search_path = {SCHEMA}")
    lacking = set()
    for name in MEASURES:
        part = slice_of(SAMPLE, name, {})
        if part.rows:
            sql = all_parameters(f"SELECT * FROM ({known_at(part.rows)}) AS rows")
            prepared = await bench.connection.prepare(sql)
            columns = {attribute.name for attribute in prepared.get_attributes()} - {*HIDDEN}
            said = {column: heading(column, part) for column in columns}
            lacking |= {(name, column) for column, text in said.items() if text.isascii()}
    assert not lacking
