"""Money is an integer number of 分 (fen, 1/100 元). Rounding happens in figures only, half-up.

Half-up (四舍五入) rounds a half away from zero: 0.005 to 0.01 and -0.005 to -0.01. All results are
exact decimals with a fixed number of places, whatever the decimal context of the caller.
"""

from decimal import Decimal

FEN_PER_YUAN = 100
FEN_PER_WAN_YUAN = 1_000_000


def _half_up(numerator: int, denominator: int, places: int) -> Decimal:
    """`numerator` / `denominator` (positive) with `places` decimal places."""
    quotient, rest = divmod(abs(numerator) * 10**places, denominator)
    if 2 * rest >= denominator:
        quotient += 1
    sign = "-" if numerator < 0 and quotient else ""
    return Decimal(f"{sign}{quotient}e-{places}")


def fen_to_wan_yuan(fen: int) -> Decimal:
    """万元 (10,000 元) with 2 places, half-up."""
    return _half_up(fen, FEN_PER_WAN_YUAN, 2)


def format_yuan(fen: int) -> str:
    """元 as pages print it, e.g. 57500 分 as "575.00" and 123456789 分 as "1,234,567.89"."""
    return f"{_half_up(fen, FEN_PER_YUAN, 2):,f}"
