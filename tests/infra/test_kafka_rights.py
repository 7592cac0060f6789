"""What the matrix of rights says of users that are no more, of others, and in the documentation."""

from __future__ import annotations

from pathlib import Path

from infra.kafka.acls import OPERATIONS
from infra.kafka.rights import covers, is_ours, rights, table

PAGE = Path(__file__).parents[2] / "docs" / "kafka.md"


def test_the_documentation_has_the_matrix_as_it_is() -> None:
    assert table("mingjian") in PAGE.read_text("utf-8")


def test_no_right_of_ours_changes_or_deletes_anything() -> None:
    given = {right.operation for right in rights(["a"], ["445102"], "mingjian")}
    assert given == {"Read", "Write", "Describe", "DescribeConfigs", "Create"}
    assert given < OPERATIONS.keys()


def test_a_source_whose_name_begins_as_another_s_has_nothing_of_it() -> None:
    mine = [r for r in rights(["pay", "pay-out"], [], "m") if r.user == "m.source.pay"]
    for kind, name in (
        ("Topic", "m.intake.pay-out"),
        ("Topic", "m.receipts.pay-out"),
        ("Group", "m.source.pay-out.x"),
    ):
        assert not any(covers(right, kind, name) for right in mine)


def test_only_users_of_this_system_are_its_own() -> None:
    assert is_ours("mingjian.source.payouts", "mingjian")
    assert is_ours("mingjian.service.intake", "mingjian")
    for other in ("admin", "ANONYMOUS", "mingjian", "mingjian.payouts", "mingjian2.source.payouts"):
        assert not is_ours(other, "mingjian")
