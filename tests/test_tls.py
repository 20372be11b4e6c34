"""The server's side of TLS: what it shows, and what it refuses to show."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from iargus.clock import utc_now
from iargus.errors import ConfigurationError
from iargus.server.tls import check_key_file, server_context
from tests.services.certificates import DAY, HOUR, Certificates, make_certificates


@pytest.fixture
def ours(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


def test_1_2_and_later_with_forward_secrecy_and_authentication(ours: Certificates) -> None:
    context = server_context(ours.certificate, ours.key, now=utc_now())
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    names = {cipher["name"] for cipher in context.get_ciphers()}
    assert names
    for name in names:
        assert name.startswith(("TLS_", "ECDHE-")), name
        assert "GCM" in name or "CHACHA20" in name, name
    assert context.options & ssl.OP_NO_RENEGOTIATION


@pytest.mark.parametrize(
    ("moved", "words"), [(2 * DAY, "has expired"), (-2 * HOUR, "is good from")]
)
def test_a_certificate_is_good_now(ours: Certificates, moved: timedelta, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        server_context(ours.certificate, ours.key, now=utc_now() + moved)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666])
def test_a_key_is_not_everybodys(ours: Certificates, mode: int) -> None:
    check_key_file(ours.key)
    ours.key.chmod(mode)
    with pytest.raises(ConfigurationError, match="open to every user"):
        check_key_file(ours.key)
