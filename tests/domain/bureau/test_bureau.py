"""The folder of the sample bureau says what the bureau is."""

from __future__ import annotations

from datetime import date

from domain.bureau.reading import digest_of
from infra.bureaus import files
from tests.support.bureau import FOLDER, SAMPLE


def test_the_sample_bureau_is_whole() -> None:
    """Names, places and programmes as its folder writes them."""
    assert SAMPLE.name == "潮州市湘桥区民政局"
    assert SAMPLE.townships["445102100"].name == "意溪镇"
    assert len(SAMPLE.townships) == 9 + 3
    assert SAMPLE.programmes["tekun"].item("care") is not None
    assert SAMPLE.divisions["445122"] == "饶平县"
    assert SAMPLE.digest == digest_of(files(FOLDER))


def test_a_system_of_assistance_sends_no_payments() -> None:
    """What one source may say, another may not, though it is of the same line."""
    assistance, payouts = SAMPLE.sources["social-assistance"], SAMPLE.sources["payouts"]
    assert assistance.may("assistance.benefit-confirmed.v1")
    assert not assistance.may("assistance.payment-settled.v1")
    assert payouts.may("assistance.payment-settled.v1")
    assert not payouts.may("assistance.benefit-confirmed.v1")


def test_a_bureaus_own_rule_stands_before_the_countrys() -> None:
    """Here 补差 is paid in whole 元; the country does not ask for it."""
    own = SAMPLE.rules.at("assistance.whole-yuan", date(2024, 1, 1))
    national = SAMPLE.rules.at("penalties.serve-working-days", date(2024, 1, 1))
    assert own is not None
    assert own.value is True
    assert national is not None
    assert national.value == 7
    assert SAMPLE.rules.at("penalties.serve-working-days", date(2021, 7, 14)) is None


def test_what_nobody_holds_beside_another_is_told_from_either_side() -> None:
    """国发〔2015〕52号 from 2016 on; what names no document is a doubt."""
    programmes = SAMPLE.programmes
    destitute, subsidy = programmes["tekun"], programmes["living-subsidy"]

    for one, other in ((destitute, subsidy), (subsidy, destitute)):
        found = one.exclusion(other, date(2016, 1, 1))
        assert found is not None
        assert found.document == "国发〔2015〕52号"
        assert one.exclusion(other, date(2015, 12, 31)) is None
    doubt = programmes["dibao"].exclusion(destitute, date(2024, 5, 1))
    assert doubt is not None
    assert doubt.document is None
    assert programmes["dibao"].exclusion(subsidy, date(2024, 5, 1)) is None
