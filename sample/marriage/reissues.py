"""补领 of a year: certificates of marriage and divorce re-issued, one spoiled blank of each."""

from __future__ import annotations

from datetime import date, timedelta

from domain.identifiers import marriage_certificate
from domain.marriage import marriages as facts
from sample.marriage.registry import Couple, Registry, archived

BOTH_CAME = 5
"""The one divorce re-issue for which both came and took a certificate each."""


def send_reissues(registry: Registry, days: list[date]) -> None:
    """Of marriages, every third after the earlier marriage is taken over from the archive."""
    goals = registry.sender.office.goals
    count = goals.marriage_reissues
    across = set(registry.dice.sample(range(count), goals.marriage_reissues_across))
    for n, on in enumerate(sorted(registry.dice.choices(days[:-5], k=count))):
        parties, registered_on = _draw(registry, on, across=n in across)
        fields = {"parties": archived(parties), "registered_on": registered_on}
        number = registry.number("BJ")
        if n % 3 == 0:
            fields["first_certificate"] = _archive(registry, parties, registered_on, n)
        registry.sender.about(number).send(
            facts.MarriageCertReissued,
            on,
            f"bj-{registry.year}-{n + 1:06d}",
            copies=2 if n % 4 else 1,
            registrars=registry.registrars(),
            **fields,
        )
        registry.count("F42", on, across=n in across)
    _spoil(registry, registry.number("BJ"), f"voided-bj-{registry.year}", days[-3])
    count = goals.divorce_reissues
    across = set(registry.dice.sample(range(count), goals.divorce_reissues_across))
    for n, on in enumerate(sorted(registry.dice.choices(days[:-5], k=count))):
        parties, registered_on = _draw(registry, on, across=n in across)
        registry.sender.about(registry.number("BL")).send(
            facts.DivorceCertReissued,
            on,
            f"bl-{registry.year}-{n + 1:06d}",
            copies=2 if n == BOTH_CAME else 1,
            parties=archived(parties),
            registered_on=registered_on,
            registrars=registry.registrars(),
        )
        registry.count("F43", on, across=n in across)
    _spoil(registry, registry.number("BL"), f"voided-bl-{registry.year}", days[-3])


def _draw(registry: Registry, on: date, *, across: bool) -> tuple[Couple, date]:
    """A couple, and the day of its registration some years ago."""
    parties = registry.couple(across=across, least_age=34)
    return parties, on - timedelta(days=registry.dice.randrange(700, 3000))


def _archive(registry: Registry, parties: Couple, registered_on: date, n: int) -> str:
    """An earlier marriage, taken over from the archive; returns its certificate number."""
    division = registry.sender.office.division
    number = marriage_certificate("J", division, registered_on.year, 3001 + n)
    fields = {"parties": archived(parties), "registered_on": registered_on}
    archive = registry.sender.about(number)
    archive.send(facts.MarriageTakenOver, registry.start, f"archive-{number}", **fields)
    return number


def _spoil(registry: Registry, number: str, name: str, on: date) -> None:
    blank = registry.sender.about(number)
    blank.send(facts.CertificateVoided, on, name, reason="打印错位")
