from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import fen_to_wan_yuan, format_yuan


@pytest.mark.parametrize(
    ("fen", "printed"),
    [
        (0, "0.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (14_999, "0.01"),
        (15_000, "0.02"),
        (1_000_000, "1.00"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        # 18,090,450 to 18,090,549.99 元 print as 1809.05 万元
        (1_809_044_999, "1809.04"),
        (1_809_045_000, "1809.05"),
        (1_809_054_999, "1809.05"),
        (1_809_055_000, "1809.06"),
    ],
)
def test_wan_yuan_is_rounded_half_up(fen: int, printed: str) -> None:
    assert fen_to_wan_yuan(fen) == Decimal(printed)


@pytest.mark.parametrize(
    ("fen", "printed"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (57_500, "575.00"),
        (123_456_789, "1,234,567.89"),
        (-57_500, "-575.00"),
    ],
)
def test_yuan_as_printed(fen: int, printed: str) -> None:
    assert format_yuan(fen) == printed


@given(st.integers(-(10**30), 10**30))
def test_rounding_is_off_by_half_a_unit_at_most_whatever_the_context(fen: int) -> None:
    with localcontext(prec=3):
        rounded = fen_to_wan_yuan(fen)
    assert rounded.as_tuple().exponent == -2
    error = Fraction(rounded) - Fraction(fen, 1_000_000)
    assert abs(error) <= Fraction(1, 200)
    if abs(error) == Fraction(1, 200):
        assert abs(Fraction(rounded)) > abs(Fraction(fen, 1_000_000))
    assert fen_to_wan_yuan(-fen) == rounded.copy_negate()


@given(st.integers(-(10**15), 10**15))
def test_printed_yuan_loses_nothing(fen: int) -> None:
    assert Decimal(format_yuan(fen).replace(",", "")) * 100 == fen
