"""Social organisations: 换届, 负责人备案, 换证, and registrations that end by 吊销登记证书."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.organisations.events import (
    AnnualReportFiled,
    CharterApproved,
    RegisterCounted,
    RegisteredItemChanged,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieIdentified,
)
from domain.organisations.leadership import (
    CertificateReplaced,
    CouncilElected,
    Principal,
    PrincipalsFiled,
)
from projections.organisations import Filing, filings, organisations
from reports.catalogue import slice_of
from reports.table import Asked, tabulate
from tests.support.bureau import SAMPLE
from tests.support.enforcement import ASSOCIATION, ENDED, RECORD, a_body, on
from tests.support.ledger import Bench
from tests.support.rulebook import given


def elected(day: str = "06-05", until: str = "2028-06-05", **more: Any) -> CouncilElected:
    return CouncilElected(
        uscc=ASSOCIATION, term_from=on(day), term_until=on(until), elected_on=on(day), **more
    )


def filed(day: str = "06-20") -> PrincipalsFiled:
    posts = (("445190200203150010", "chair"), ("445190200402290024", "secretary-general"))
    return PrincipalsFiled(
        uscc=ASSOCIATION,
        principals=tuple(
            Principal.model_validate(
                {"id_kind": "resident-id", "id_number": number, "name": "示例甲", "post": post}
            )
            for number, post in posts
        ),
        filing_number="示例民社备〔2024〕1号",
        filed_on=on(day),
    )


def replaced(day: str = "06-25", **more: Any) -> CertificateReplaced:
    return CertificateReplaced.model_validate(
        {
            "uscc": ASSOCIATION,
            "cause": "expired",
            "valid_from": on(day),
            "valid_until": on("2028-06-24"),
            "old_collected": True,
            "issued_on": on(day),
            **more,
        }
    )


REVOKED = RegistrationRevoked(
    uscc=ASSOCIATION, penalty_case="CF-1", way="certificate-revoked", revoked_on=on("09-03")
)


# Terms


@pytest.mark.parametrize(
    ("election", "expected"),
    [
        (elected(), []),
        (elected(until="2029-06-05"), []),
        (elected(until="2029-06-06"), ["term-too-long"]),
        (elected(until="2024-06-04"), ["term-reversed"]),
    ],
)
def test_a_council_is_elected_for_five_years_at_most(
    election: CouncilElected, expected: list[str]
) -> None:
    assert given(a_body()).when(election) == expected


@pytest.mark.parametrize(
    ("day", "approval", "expected"),
    [
        ("2028-06-05", None, []),
        ("2028-06-06", None, ["elected-late"]),
        ("2028-06-06", "示例民社延〔2028〕1号", []),
    ],
)
def test_after_the_end_of_a_term_a_council_is_elected_with_approval_only(
    day: str, approval: str | None, expected: list[str]
) -> None:
    later = elected(day, "2032-06-05", postponement=approval)

    assert given(a_body(), elected()).when(later) == expected


def test_who_leads_is_filed_and_stays_sealed_but_for_the_post() -> None:
    text = given(a_body()).open_text(filed())

    assert given(a_body()).when(filed()) == []
    assert '"leads_as":"chair"' in text
    assert "示例甲" not in text


# Certificates


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (replaced(), []),
        (replaced(cause="changed", old_collected=False), ["certificate-not-collected"]),
        (replaced(cause="lost", old_collected=False), []),
        (replaced(valid_until=on("06-24")), ["term-reversed"]),
    ],
)
def test_a_certificate_is_replaced_for_the_old_one(
    certificate: CertificateReplaced, expected: list[str]
) -> None:
    assert given(a_body()).when(certificate) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2028-06-24", []), ("2028-06-25", ["replaced-after-expiry"])]
)
def test_a_certificate_is_replaced_before_it_expires(day: str, expected: list[str]) -> None:
    again = replaced(day, valid_until=on("2032-06-24"))

    assert given(a_body(), replaced()).when(again) == expected


@pytest.mark.parametrize(
    "fact", [elected("11-21"), filed("11-21"), replaced("11-21")], ids=["换届", "备案", "换证"]
)
def test_a_body_that_has_ended_elects_and_files_nothing(fact: Event) -> None:
    assert given(a_body(), ENDED).when(fact) == ["already-ended"]


# What is read of it


def test_what_a_body_brought_to_the_registrar_is_told_by_kind() -> None:
    change = RegisteredItemChanged(
        uscc=ASSOCIATION,
        item="address",
        new_value="示例路",
        decision_number="示例民社〔2024〕5号",
        decided_on=on("03-04"),
    )
    charter = CharterApproved(uscc=ASSOCIATION, charter=RECORD, decided_on=on("03-05"))
    report = AnnualReportFiled(uscc=ASSOCIATION, year=2023, filed_on=on("05-20"))
    book = given(a_body(), change, charter, report, elected(), filed(), replaced())

    assert book.rows(filings) == [
        Filing(ASSOCIATION, "change", on("03-04"), "address"),
        Filing(ASSOCIATION, "charter", on("03-05")),
        Filing(ASSOCIATION, "annual-report", on("05-20")),
        Filing(ASSOCIATION, "election", on("06-05"), until=on("2028-06-05")),
        Filing(ASSOCIATION, "principals", on("06-20")),
        Filing(ASSOCIATION, "certificate", on("06-25"), until=on("2028-06-24")),
    ]


async def test_what_was_filed_is_counted_by_matter(bench: Bench) -> None:
    """In the period; what a body files twice counts twice."""
    later = elected("2025-01-06", "2029-01-06")
    await bench.tell(a_body(), elected(), filed(), filed("07-01"), replaced(), later)

    asked = Asked(slice_of(SAMPLE, "社会组织事项办理", {}), ("事项",))
    (table,) = await tabulate(bench.connection, await bench.moment(), [asked])
    assert {cell.codes: cell.exact for cell in table.cells} == {
        ("certificate",): 1,
        ("election",): 1,
        ("principals",): 2,
    }


# 吊销登记证书


async def test_a_body_whose_certificate_is_revoked_is_off_the_register(bench: Bench) -> None:
    """The identity of the register counts both kinds of revocation."""
    counts = [
        RegisterCounted(register_code="445102", bodies=bodies, counted_on=on(day))
        for bodies, day in ((1, "2023-12-31"), (0, "12-31"))
    ]
    await bench.tell(a_body(), *counts, REVOKED)

    assert (await bench.statement("S17")).holds
    (row,) = given(a_body(), REVOKED).rows(organisations)
    assert (row.ended_on, row.ended_how) == (on("09-03"), "certificate-revoked")


async def test_a_zombie_may_end_by_the_loss_of_its_certificate(bench: Bench) -> None:
    found = ZombieIdentified(uscc=ASSOCIATION, ground="unreachable", identified_on=on("03-20"))
    way = ZombieDisposed(
        uscc=ASSOCIATION,
        way="certificate-revoked",
        document_number="示例民社〔2024〕9号",
        disposed_on=on("09-03"),
    )
    await bench.tell(a_body(), found, way, REVOKED)

    figure = await bench.figure("F35")
    assert (figure.value, figure.beside) == (1, "吊销登记证书 1")
