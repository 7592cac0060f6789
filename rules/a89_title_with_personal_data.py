"""公开信息标题含个人信息: titles with a number of a person, a telephone or an account.

Of a page the ledger keeps its digest only (A30); a valid 居民身份证号 in a title is refused.
"""

from __future__ import annotations

from rules.rule import Rule, Touch

_NUMBER = "(^|[^0-9])(1[3-9][0-9]{9}|[0-9]{15,19}|[0-9]{17}[Xx])([^0-9]|$)"
"""A mobile telephone, or as many digits as a 居民身份证, old or new, or a bank account has."""

RULE = Rule(
    code="A89",
    name="公开信息标题含个人信息",
    severity="unlawful",
    basis="个人信息保护法 25; 政府信息公开条例 15",
    needs={"disclosure_item": Touch("x.stream", f"x.title ~ '{_NUMBER}'")},
    rows=f"""
        SELECT t.subject, t.at, i.column_code AS key, i.published_on AS valid_from,
            i.known_from AS position, i.withdrawn_on AS valid_to,
            '信息标题中有疑似电话号码、证件号码或者账号的数字' AS what
        FROM touched AS t JOIN disclosure_item AS i ON i.stream = t.subject AND {{known:i}}
        WHERE i.title ~ '{_NUMBER}'
    """,
)
