"""What examples of some facts say, where their contract alone would make them break a rule.

By type. {division}, {body} (统一社会信用代码), PAYOUTS (the source that says what was paid) and
LEVEL (a level for the aged) stand for those of the bureau. Facts of one matter fit together: a
notice hangs its days, a decision follows it, a certificate is issued within its window.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PAYOUTS, LEVEL = "{payouts}", "{level}"
_CHILD = {"id_kind": "resident-id", "id_number": "445190202003150015", "name": "示例童"}
_ADOPTER = {"id_kind": "resident-id", "id_number": "445190198503150012", "name": "示例父"}
_ELDER = {"id_kind": "resident-id", "id_number": "445190194003150018", "name": "示例老人"}
_HUSBAND = {"id_kind": "resident-id", "id_number": "445190200203150010", "name": "示例"}
_WIFE = {"id_kind": "resident-id", "id_number": "445190200402290024", "name": "示例二"}
_COUPLE = [{**person, "residence_division": "{division}"} for person in (_HUSBAND, _WIFE)]
_ORGANISATION = "organisation/{body}"
_DIGEST = "0" * 64
_TWO = ["EX-0001", "EX-0002"]
_NEXT_MONTH = "2024-06"

VALUES: Mapping[str, Mapping[str, Any]] = {
    "adoption.adoption-applied.v1": {
        "adopters": [{**_ADOPTER, "residence_division": "{division}"}],
        "child": _CHILD,
        "children_before": 0,
    },
    "adoption.adoption-taken-over.v1": {
        "adopters": [{**_ADOPTER, "residence_division": "{division}"}],
        "child": _CHILD,
        "children_before": 0,
    },
    "adoption.assessment-completed.v1": {"assessors": _TWO},
    "adoption.adoption-registered.v1": {"registered_on": "2024-05-20"},
    "assistance.notice-posted.v1": {"until": "2024-05-20"},
    "assistance.notice-closed.v1": {"done_on": "2024-05-21"},
    "assistance.benefit-confirmed.v1": {"decided_on": "2024-05-22", "first_month": _NEXT_MONTH},
    "assistance.case-taken-over.v1": {"first_month": _NEXT_MONTH},
    "assistance.payment-settled.v1": {"months": [_NEXT_MONTH], "settled_on": "2024-06-07"},
    "assistance.arrears-paid.v1": {"months": [_NEXT_MONTH], "settled_on": "2024-07-05"},
    "assistance.benefit-adjusted.v1": {"monthly_amount_fen": 60_000, "from_month": _NEXT_MONTH},
    "assistance.member-added.v1": {"member": {"person": _WIFE, "covered": True}},
    "assistance.household-split.v1": {"into": "EX-0002"},
    "assistance.household-merged.v1": {
        "merged": "EX-0002",
        "joining": [{"person": _WIFE, "covered": True}],
    },
    "assistance.recovery-received.v1": {"received_on": "2024-06-28"},
    "assistance.overpayment-found.v1": {"months": [_NEXT_MONTH], "found_on": "2024-06-14"},
    "assistance.overpayment-written-off.v1": {"approved_on": "2024-06-28"},
    "assistance.relief-decided.v1": {"urgent": True},
    "assistance.payroll-approved.v1": {"approved_by": "EX-0002"},
    "assistance.payment-returned.v1": {
        "months": [_NEXT_MONTH],
        "returned_on": "2024-06-11",
        "payment": f"{PAYOUTS}/example-payment-settled",
    },
    "children.application-received.v1": {"child": _CHILD},
    "children.support-confirmed.v1": {"child": _CHILD, "first_month": _NEXT_MONTH},
    "children.case-taken-over.v1": {"child": _CHILD, "first_month": _NEXT_MONTH},
    "disclosure.item-reviewed.v1": {"second_by": "EX-0002", "third_by": "EX-0003"},
    "elderly.application-received.v1": {"elder": _ELDER},
    "elderly.allowance-approved.v1": {"elder": _ELDER, "level": LEVEL},
    "elderly.case-taken-over.v1": {"elder": _ELDER, "level": LEVEL},
    "funeral.form-stock-printed.v1": {"first_number": 1, "last_number": 100},
    "funeral.form-stock-counted.v1": {"blank": 49},
    "funeral.form-stock-sealed.v1": {"first_number": 51, "last_number": 100, "count": 50},
    "inspection.inspection-conducted.v1": {
        "object": _ORGANISATION,
        "mode": "routine",
        "officers": _TWO,
    },
    "marriage.marriage-registered.v1": {"parties": _COUPLE},
    "marriage.divorce-applied.v1": {"parties": _COUPLE},
    "marriage.certificate-voided.v1": {"certificate_number": "J{division}-2024-000002"},
    "marriage.marriage-certificate-reissued.v1": {"certificate_number": "BJ{division}-2024-000001"},
    "marriage.divorce-certificate-reissued.v1": {"certificate_number": "BL{division}-2024-000001"},
    "marriage.divorce-lapsed.v1": {"lapsed_on": "2024-07-12"},
    "marriage.divorce-registered.v1": {
        "parties": _COUPLE,
        "certificate_number": "L{division}-2024-000001",
        "registered_on": "2024-06-17",
    },
    "marriage.registration-revoked.v1": {"certificate_number": "J{division}-2024-000001"},
    "marriage.court-judgment-filed.v1": {"certificate_number": "J{division}-2024-000001"},
    "marriage.divorce-registration-revoked.v1": {
        "proof": "示例〔2024〕2号",
        "revoked_on": "2024-08-01",
    },
    "organisations.organisation-taken-over.v1": {"capital_fen": 5_000_000},
    "organisations.establishment-approved.v1": {"capital_fen": 5_000_000},
    "officers.licence-issued.v1": {"valid_until": "2029-05-09"},
    "penalties.case-filed.v1": {"handlers": _TWO},
    "penalties.evidence-taken.v1": {
        "officers": _TWO,
        "text_record": _DIGEST,
        "recording": _DIGEST,
    },
    "penalties.penalty-decided.v1": {
        "procedure": "simple",
        "handlers": _TWO,
        "licences_shown": True,
        "handed_over": True,
    },
    "penalties.penalty-served.v1": {"receipt_number": "示例〔2024〕2号", "receipt": _DIGEST},
    "penalties.penalty-publication-withdrawn.v1": {"reason": "决定已依法撤销"},
    "inspection.rectification-verified.v1": {"officers": _TWO},
    "inspection.rectification-ordered.v1": {"due_on": "2024-06-10"},
    "placename.name-announced.v1": {
        "standard_name": "示例路",
        "romanised_name": "Shili Lu",
        "division": "{division}",
        "location": "东西走向，长420米",
        "authority": "示例市人民政府",
        "approved_on": "2024-05-10",
    },
    "placename.name-approved.v1": {
        "standard_name": "示例路",
        "romanised_name": "Shili Lu",
        "authority": "示例市人民政府",
    },
    "rectification.recovery-waived.v1": {"approved_by": "EX-0002"},
    "reporting.release-section-recorded.v1": {"edition": 1, "number": 1},
    "reporting.released.v1": {
        "edition": 1,
        "asof": "2024-05-09",
        "sections": 1,
    },
}
