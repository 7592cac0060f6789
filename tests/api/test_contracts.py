"""`/contracts`: what a vendor reads in a browser, and what its program fetches."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from domain.catalogue import EVENTS
from domain.contract.messages import TYPES
from infra.settings import Settings

PAYMENT = "cn.mingjian.assistance.payment-settled.v1"


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The pages without a database: contracts rest on none."""
    return TestClient(create_app(Settings(), auditor=False))


def test_every_type_is_listed_with_who_may_send_it(client: TestClient) -> None:
    told = client.get("/contracts", headers={"Accept": "application/json"}).json()
    assert [each["type"] for each in told["types"]] == list(TYPES)
    (payment,) = [each for each in told["types"] if each["type"] == PAYMENT]
    assert (payment["title"], payment["sources"]) == ("到账", ["payouts", "rosters"])

    page = client.get("/contracts")
    assert page.text.count('<tr><th scope="row">') == len(EVENTS)
    assert '<a href="/contracts/assistance.payment-settled.v1">到账</a>' in page.text


def test_the_page_of_a_type_tells_its_fields(client: TestClient) -> None:
    page = client.get(f"/contracts/{PAYMENT}").text

    for said in (
        "惠民惠农补贴资金发放系统",
        "单位为分",
        "amount_fen",
        "payment-not-standing",
        "2026-11-25",
    ):
        assert said in page
    assert page == client.get("/contracts/assistance.payment-settled.v1").text


def test_a_schema_is_fetched_whole_and_takes_the_example_beside_it(client: TestClient) -> None:
    schema = client.get(f"/contracts/{PAYMENT}/schema.json")
    example = client.get(f"/contracts/{PAYMENT}/example.json")

    assert schema.headers["Content-Type"].startswith("application/schema+json")
    assert jsonschema_rs.is_valid(schema.json(), example.json())
    assert client.get("/contracts/asyncapi.json").json()["asyncapi"] == "3.0.0"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("payment-settled", "assistance.payment-settled.v1"),
        ("assistance.payment-settled", "assistance.payment-settled.v1"),
        ("payment-settled/schema", "assistance.payment-settled.v1/schema"),
        ("payment-settled.v1/example?look=x", "assistance.payment-settled.v1/example?look=x"),
    ],
)
def test_a_short_name_leads_to_the_type_where_it_is_the_only_one(
    client: TestClient, asked: str, there: str
) -> None:
    answer = client.get(f"/contracts/{asked}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/contracts/{there}")
    for several in ("application-received", "payment-settled.v9", "nothing"):
        assert client.get(f"/contracts/{several}", follow_redirects=False).status_code == 404


def test_a_page_says_in_chinese_first_what_it_is_and_what_may_be_noted(
    client: TestClient,
) -> None:
    page = client.get(f"/contracts/{PAYMENT}").text
    chinese = "到账：记在已有的业务对象上，编号为“案件编号”；业务日期为“到账日期”。"
    assert page.index(chinese) < page.index('<p lang="en">')
    assert "8 至 30 位数字" in page, "an account"
    assert "月份，写作 YYYY-MM" in page
    told = client.get(f"/contracts/{PAYMENT}", headers={"Accept": "application/json"}).json()
    noted = {each["code"]: each for each in told["warnings"]}
    assert {"month-already-paid", "amount-differs", "card-not-valid"} <= noted.keys()
    assert noted.keys().isdisjoint(
        {"notice-missing", "child-noticed", "decided-late", "not-visited", "first-month-too-early"}
    )
    paid = noted["month-already-paid"]
    assert (paid["chinese"], paid["english"]) == ("所发月份已发放过", "month already paid")
    assert "《" in paid["law"]
    assert all(each["law"] for each in told["warnings"])


def test_a_type_that_does_not_exist_is_not_found(client: TestClient) -> None:
    for path in ("", "/schema.json", "/example.json"):
        answer = client.get(f"/contracts/assistance.nobody.v1{path}")
        assert answer.status_code == 404
    assert client.get(f"/contracts/{PAYMENT}?x=1").status_code == 400


def test_no_contract_is_made_before_one_is_asked_for() -> None:
    """The pages start as fast as without contracts."""
    made = "len(api.contracts._book.cache_info()) and api.contracts._book.cache_info().currsize"
    code = f"import api.app, api.contracts; print({made})"
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == 0
