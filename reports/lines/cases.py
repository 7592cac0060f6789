"""What the lines of assistance share: cases active at D (stock) and money of the period (flow)."""

from __future__ import annotations

from projections.assistance import Movement
from reports.figure import named

MONEY_READING = "按到账日期；期内到账，减期内退票，加补发；追回、价格补贴、照料护理、丧葬不在内"


def active(programme: str, count: str = "1", where: str = "true") -> str:
    """Rows of the cases active in the month of D."""
    return f"""
SELECT known_from AS position, {count} AS contribution, NULL::date AS on_date, township,
       case_number AS what
FROM case_entitlement
WHERE {{known}} AND programme = '{programme}' AND {where}
  AND first_month <= to_char($4::date, 'YYYY-MM')
  AND (last_month IS NULL OR last_month >= to_char($4::date, 'YYYY-MM'))
"""


def active_persons(programme: str, where: str = "true") -> str:
    """As `active`, a person with two cases of the programme once."""
    return f"""
SELECT DISTINCT ON (person_ref) known_from AS position, 1 AS contribution, NULL::date AS on_date,
       township, case_number AS what
FROM case_entitlement
WHERE {{known}} AND programme = '{programme}' AND {where}
  AND first_month <= to_char($4::date, 'YYYY-MM')
  AND (last_month IS NULL OR last_month >= to_char($4::date, 'YYYY-MM'))
ORDER BY person_ref, known_from
"""


def paid(programme: str, where: str = "true") -> str:
    """Rows of 发放金额: settled, returned and arrears lines of the basic item, by their own dates.

    A line that names no township counts for the township of its case.
    """
    return f"""
SELECT p.known_from AS position, p.amount_fen AS contribution, p.paid_on AS on_date,
       coalesce(p.township, (
           SELECT c.township FROM case_entitlement c
           WHERE {{known:c}} AND c.stream = p.stream ORDER BY c.first_month DESC LIMIT 1
       )) AS township,
       p.case_number || ' ' || {named("p.kind", Movement)} AS what
FROM payment p
WHERE {{known:p}} AND p.programme = '{programme}' AND p.item = 'basic'
  AND p.kind IN ('settled', 'returned', 'arrears') AND p.paid_on BETWEEN $3 AND $4 AND {where}
"""
