"""The certificates of a broker of our own: for whom, for how long, and when they are made anew."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from infra.kafka import certificates


def server(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates((folder / "server.pem").read_bytes())[0]


def test_the_authority_vouches_for_the_names_that_clients_use(tmp_path: Path) -> None:
    certificates.prepare(tmp_path, ["kafka.example", "192.0.2.7"])
    names = server(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "kafka.example"]
    addresses = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    assert addresses == {"127.0.0.1", "::1", "192.0.2.7"}
    ssl.create_default_context(cafile=tmp_path / "ca.pem").load_cert_chain(tmp_path / "server.pem")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_authority_stays_and_the_certificate_is_renewed_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.prepare(tmp_path, ["a.example"])
    authority, first = (tmp_path / "ca.pem").read_bytes(), server(tmp_path)
    certificates.prepare(tmp_path, ["a.example"])
    assert server(tmp_path) == first
    certificates.prepare(tmp_path, ["b.example"])
    second = server(tmp_path)
    assert second != first
    monkeypatch.setattr(certificates, "RENEW_DAYS", certificates.BROKER_DAYS + 1)
    certificates.prepare(tmp_path, ["b.example"])
    assert server(tmp_path) != second
    assert (tmp_path / "ca.pem").read_bytes() == authority
    left = server(tmp_path).not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=certificates.BROKER_DAYS - 1) < left
