"""Who marries, and under which number: the two of a couple, certificates of today and before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.bureau.bureau import Bureau
from domain.calendar import completed_years
from domain.codes import Labels
from domain.event import (
    ABSENT,
    Day,
    Division,
    Event,
    Person,
    Sealed,
    flag,
    in_clear,
    wrong_field,
)
from domain.identifiers import (
    MarriageCertificateKind,
    check_archived_certificate,
    check_marriage_certificate,
)


def _certificate(text: str) -> str:
    if (fault := check_marriage_certificate(text)) is not None:
        raise PydanticCustomError(fault, "kind, division, year, number: J110101-2010-000001")
    return text


CertificateNumber = Annotated[str, AfterValidator(_certificate)]
"""婚姻证字号, e.g. J110101-2010-000001 (民发〔2015〕230号)."""


def is_of_series(number: str, kind: MarriageCertificateKind, bureau: Bureau, on: date) -> bool:
    """Whether a 字号 is one that the office gives to what it issues of a kind that day."""
    return number.rpartition("-")[0] == f"{kind}{bureau.division}-{on.year:04}"


def _archived_certificate(text: str) -> str:
    if (fault := check_archived_certificate(text)) is not None:
        raise PydanticCustomError(
            fault, "J110101-2010-000001, or as printed before: 示湘结字010400123"
        )
    return text


ArchivedNumber = Annotated[str, AfterValidator(_archived_certificate)]
"""婚姻证字号 of an archive: today's, or an older one as it was printed, e.g. 示湘结字010400123."""
Outside = Annotated[
    Literal["hong-kong", "macao", "taiwan", "overseas-chinese", "foreign"],
    Labels("香港居民", "澳门居民", "台湾居民", "华侨", "外国人"),
]
"""Where one belongs who has no 户籍 (婚姻登记条例 (2003) arts 2, 5)."""
Sex = Annotated[Literal["man", "woman"], Labels("男", "女")]


class Party(Person):
    """One of the two. The 户籍 is sealed; whether it is in the district stays open.

    Who has none says instead where they belong. Birth and sex are told where the document is no
    居民身份证, which states them itself.
    """

    EXAMPLE: ClassVar[dict[str, str]] = {"residence_division": "110101"}
    ONE_OF: ClassVar[tuple[str, ...]] = ("residence_division", "residence_outside")
    CHECKED: ClassVar[Mapping[str, str]] = {
        **Person.CHECKED,
        "birth": "stated-by-the-number",
        "sex": "stated-by-the-number",
    }

    residence_division: Sealed[Division | None] = ABSENT
    residence_outside: Sealed[Outside | None] = ABSENT
    birth: Sealed[Day | None] = ABSENT
    sex: Sealed[Sex | None] = ABSENT

    @model_validator(mode="after")
    def _residence(self) -> Self:
        outside = in_clear(self.residence_outside)
        if (in_clear(self.residence_division) is None) is (outside is None):
            code = "missing_field" if outside is None else "malformed_value"
            expected = "the county of the household register, or residence_outside"
            raise wrong_field(code, "residence_division", expected)
        if self.born_on() is not None:
            for field in ("birth", "sex"):
                if getattr(self, field) is not None:
                    raise wrong_field("malformed_value", field, "none: the number says it")
        return self

    @flag
    def resident_here(self, _on: date, division: str) -> bool:
        """Whether the 户籍 is in the district."""
        return in_clear(self.residence_division) == division

    @flag
    def outside(self, _on: date, _division: str) -> Outside | None:
        """Where one belongs who has no 户籍; None of all others."""
        return in_clear(self.residence_outside)

    @flag
    def of_age(self, on: date, _division: str, bureau: Bureau) -> bool | None:
        """Whether old enough to marry; None when the document states no birth date and sex.

        In completed years on the day of registration (民法典 1047), the birthday itself counts.
        """
        born = in_clear(self.birth) or self.born_on()
        man = self.registered_as_man()
        if born is None or man is None:
            return None
        least = bureau.rules.number(f"marriage.{'man' if man else 'woman'}-years", on)
        return None if least is None else completed_years(born, on) >= least

    @flag
    def same_sex(self, _on: date, _division: str, event: Event) -> bool | None:
        """True where both of the couple are men, or both women, by their documents."""
        couple: tuple[Party, ...] = getattr(event, "parties", ())
        sexes = {party.registered_as_man() for party in couple}
        return True if len(sexes) == 1 and None not in sexes else None

    def registered_as_man(self) -> bool | None:
        """Whether a man; None where the document says nothing of it, nor anybody else."""
        sex = in_clear(self.sex)
        return self.is_man() if sex is None else sex == "man"


class ArchivedParty(Party):
    """One of a couple as an archive names them, perhaps with the old number of 15 digits."""

    ARCHIVED: ClassVar[bool] = True


Parties = Annotated[tuple[Party, ...], Field(min_length=2, max_length=2)]
ArchivedParties = Annotated[tuple[ArchivedParty, ...], Field(min_length=2, max_length=2)]
