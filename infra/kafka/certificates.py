"""A certificate authority of one broker's own, and the certificate by which clients know it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BROKER = "mingjian-broker"
"""The name on the broker's certificate; who shows it is the broker itself."""
AUTHORITY_DAYS = 3650
BROKER_DAYS = 397
RENEW_DAYS = 60
"""A certificate that ends sooner is made anew at the next start."""
ALWAYS = ("localhost", "127.0.0.1", "::1")


def prepare(folder: Path, hosts: Iterable[str]) -> None:
    """Have `ca.pem`, `ca.key` and `server.pem` (key, certificate, authority) in a folder.

    The authority stays; the broker's certificate is made anew where it lacks a host, or ends soon.
    """
    authority, its_key = _authority(folder)
    names = _names(hosts)
    server = folder / "server.pem"
    if server.exists() and _serves(server, names, authority):
        return
    key = ec.generate_private_key(ec.SECP256R1())
    # Against itself the broker is a client, too.
    uses = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    certificate = (
        _begun(BROKER, authority.subject, key.public_key(), BROKER_DAYS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .sign(its_key, hashes.SHA256())
    )
    pem = (certificate.public_bytes(Encoding.PEM), authority.public_bytes(Encoding.PEM))
    write_secretly(server, _pem(key) + b"".join(pem))


def write_secretly(path: Path, content: bytes) -> None:
    """Write a file whole, or not at all, that nobody else can read at any moment."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    public, private = folder / "ca.pem", folder / "ca.key"
    if public.exists() and private.exists():
        key = load_pem_private_key(private.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return x509.load_pem_x509_certificate(public.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mingjian-ca")])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _begun("mingjian-ca", name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_secretly(private, _pem(key))
    write_secretly(public, certificate.public_bytes(Encoding.PEM))
    return certificate, key


def _begun(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks of other machines
        .not_valid_after(now + timedelta(days=days))
    )


def _names(hosts: Iterable[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in dict.fromkeys((*ALWAYS, *hosts)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


def _serves(server: Path, names: list[x509.GeneralName], authority: x509.Certificate) -> bool:
    """Whether a certificate is of this authority, for all these names, and for long enough."""
    pem = server.read_bytes()
    certificate = x509.load_pem_x509_certificates(pem)[0]
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    soon = datetime.now(UTC) + timedelta(days=RENEW_DAYS)
    return (
        certificate.issuer == authority.subject
        and authority.public_bytes(Encoding.PEM) in pem
        and certificate.not_valid_after_utc > soon
        and all(name in list(held) for name in names)
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
