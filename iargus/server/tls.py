"""The server's side of TLS: a context from a certificate and its key, checked before its use."""

from __future__ import annotations

import ssl
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from iargus.errors import ConfigurationError

# For TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True)
class Certificate:
    """The names that a certificate is valid for, and from when to when, in UTC."""

    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime


def server_context(certificate: Path, key: Path, *, now: datetime) -> ssl.SSLContext:
    """A context with TLS 1.2 and 1.3 that shows this certificate.

    Raises:
        ConfigurationError: a file is missing, no PEM, or for others to read; they do not belong
            together; or the certificate is not valid now.
    """
    read = read_certificate(certificate)
    if now > read.not_after:
        raise ConfigurationError(
            f"tls.certificate: {certificate} has expired on {read.not_after:%Y-%m-%d %H:%M} UTC"
        )
    if now < read.not_before:
        raise ConfigurationError(
            f"tls.certificate: {certificate} is good from {read.not_before:%Y-%m-%d %H:%M} UTC only"
        )
    check_key_file(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a password of its own, OpenSSL would ask for one at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ConfigurationError(
                f"tls.key: {key} is not the key of the certificate {certificate}"
            ) from None
        raise ConfigurationError(
            f"tls.key: {key} is no private key in PEM without a password"
        ) from None
    return context


def read_certificate(path: Path) -> Certificate:
    """The first certificate of a PEM file, which is the server's own.

    Raises:
        ConfigurationError: the file cannot be read or holds no certificate.
    """
    # Imported here: a worker of the API has no use for it.
    from cryptography import x509

    try:
        first = x509.load_pem_x509_certificates(path.read_bytes())[0]
        names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except OSError as error:
        raise ConfigurationError(f"tls.certificate: {path}: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError(f"tls.certificate: {path} holds no certificate in PEM") from None
    except x509.ExtensionNotFound:
        raise ConfigurationError(
            f"tls.certificate: {path} names no host (subjectAltName), so no client accepts it"
        ) from None
    addresses = names.get_values_for_type(x509.IPAddress)
    return Certificate(
        names=(*names.get_values_for_type(x509.DNSName), *map(str, addresses)),
        not_before=first.not_valid_before_utc,
        not_after=first.not_valid_after_utc,
    )


def check_key_file(path: Path) -> None:
    """Make sure that nobody but the owner and the group of a key can read it.

    Raises:
        ConfigurationError: it is missing, or open to everybody.
    """
    try:
        mode = path.stat().st_mode
        path.open("rb").close()
    except OSError as error:
        raise ConfigurationError(f"tls.key: {path}: {error.strerror}") from None
    if mode & stat.S_IRWXO:
        raise ConfigurationError(
            f"tls.key: {path} is open to every user of this machine; chmod o= {path}"
        )
