"""The service as gunicorn runs it: whom it believes, what it tells, and its own TLS."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.application import ADA
from tests.services.certificates import DAY, Certificates, make_certificates
from tests.services.gunicorn import ROOT, Gunicorn

LOCAL_ONLY = {"access": {"api": ["127.0.0.2"]}}
FORGED = {
    "X-Forwarded-For": "127.0.0.2",
    "X-Real-IP": "127.0.0.2",
    "Client-IP": "127.0.0.2",
    "Forwarded": "for=127.0.0.2",
}


@pytest.fixture
def environ(tmp_path: Path, empty_var: Path) -> dict[str, str]:
    shutil.copytree(empty_var, tmp_path / "var")
    return places(tmp_path)


def places(folder: Path) -> dict[str, str]:
    return {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "PYTHONWARNINGS": "default",
    }


def configure(tmp_path: Path, policy: object) -> None:
    (tmp_path / "config.yml").write_text(json.dumps(policy))


def started(environ: dict[str, str], tmp_path: Path, **options: Any) -> Gunicorn:
    """One worker unless `options` want more; of models nothing is asked here."""
    chosen = {"workers": 1, "until": "/live", "sync": False, **options}
    return Gunicorn(environ, tmp_path / "log", **chosen)


def asked(server: Gunicorn, local_address: str | None, headers: dict[str, str]) -> int:
    with server.client(local_address=local_address) as client:
        return client.post("/get_token", json=ADA, headers=headers).status_code


def test_a_forged_address_is_never_believed(environ: dict[str, str], tmp_path: Path) -> None:
    """Not even from this machine, whose word uvicorn takes unless it is told not to; whatever
    FORWARDED_ALLOW_IPS says."""
    configure(tmp_path, LOCAL_ONLY)
    environ["FORWARDED_ALLOW_IPS"] = "*"
    with started(environ, tmp_path, worker_class="uvicorn.workers.UvicornWorker") as server:
        assert asked(server, "127.0.0.2", {}) == 200
        assert asked(server, "127.0.0.2", {"X-Forwarded-For": "192.0.2.1"}) == 200
        assert asked(server, "127.0.0.1", {}) == 403
        assert asked(server, "127.0.0.1", FORGED) == 403
        with server.client() as client:
            answer = client.get("/live", headers={"X-Forwarded-Proto": "https"})
            base = client.get("/", headers={"X-Forwarded-Proto": "https"}).json()["openapi"]
        assert "server" not in answer.headers
        assert base.startswith("http://")
        server.stop()
    assert "Traceback" not in server.log.read_text()


def test_nor_where_the_server_was_started_without_its_settings(
    environ: dict[str, str], tmp_path: Path
) -> None:
    configure(tmp_path, LOCAL_ONLY)
    (tmp_path / "empty.py").touch()
    options = ("--config", str(tmp_path / "empty.py"))
    with started(environ, tmp_path, options=options) as server:
        assert asked(server, "127.0.0.2", {}) == 200
        assert asked(server, "127.0.0.1", FORGED) == 403


def test_a_unix_socket_is_believed_only_where_the_settings_say_so(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Where they do is in test_nginx.py."""
    configure(tmp_path, LOCAL_ONLY)
    with started(environ, tmp_path, uds=tmp_path / "api.sock") as server:
        assert asked(server, None, FORGED) == 403


# --- TLS


def certified(folder: Path) -> Certificates:
    (folder / "tls").mkdir()
    files = make_certificates(folder / "tls")
    named = {"certificate": str(files.certificate), "key": str(files.key)}
    configure(folder, {"tls": named})
    return files


@pytest.fixture
def tls(tmp_path: Path) -> Certificates:
    return certified(tmp_path)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Path
) -> Iterator[tuple[Gunicorn, Certificates]]:
    """One server with two workers for all tests that only ask it."""
    folder = tmp_path_factory.mktemp("https")
    shutil.copytree(empty_var, folder / "var")
    tls = certified(folder)
    with started(places(folder), folder, workers=2, authority=tls.authority) as server:
        yield server, tls
        server.stop()
        assert "Traceback" not in server.log.read_text()


@pytest.fixture
def https(served: tuple[Gunicorn, Certificates]) -> Gunicorn:
    return served[0]


@pytest.fixture
def their(served: tuple[Gunicorn, Certificates]) -> Certificates:
    return served[1]


def serial(server: Gunicorn) -> int:
    from cryptography import x509

    shown = ssl.get_server_certificate(("127.0.0.1", server.port))
    return x509.load_pem_x509_certificate(shown.encode()).serial_number


def connect(server: Gunicorn, tls: Certificates, version: ssl.TLSVersion) -> str | None:
    context = ssl.create_default_context(cafile=tls.authority)
    context.maximum_version = version
    if version < ssl.TLSVersion.TLSv1_2:
        context.minimum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    address = ("127.0.0.1", server.port)
    with (
        socket.create_connection(address) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        cipher = wrapped.cipher()
        assert cipher is not None
        return cipher[0]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_tls_1_2_and_later_and_strong_ciphers_only(https: Gunicorn, their: Certificates) -> None:
    assert connect(https, their, ssl.TLSVersion.TLSv1_3)
    chosen = connect(https, their, ssl.TLSVersion.TLSv1_2)
    assert chosen is not None
    assert chosen.startswith("ECDHE-")
    assert "GCM" in chosen or "POLY1305" in chosen
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError):
            connect(https, their, old)
    with https.client() as client:
        answer = client.get("/")
        assert answer.json()["openapi"].startswith("https://127.0.0.1")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "server" not in answer.headers


def test_a_session_is_resumed_by_whichever_worker(https: Gunicorn, their: Certificates) -> None:
    context = ssl.create_default_context(cafile=their.authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # 1.3 gives a ticket only after an answer
    address = ("127.0.0.1", https.port)
    session: ssl.SSLSession | None = None
    for number in range(12):
        with (
            socket.create_connection(address) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as wrapped,
        ):
            assert wrapped.session_reused is (number > 0)
            session = session or wrapped.session


def test_a_renewed_certificate_is_taken_up_and_a_broken_one_is_not(
    https: Gunicorn, their: Certificates, tmp_path: Path
) -> None:
    before = serial(https)
    (tmp_path / "renewed").mkdir()
    renewed = make_certificates(tmp_path / "renewed")
    # Half of a renewal: the new certificate beside the old key.
    their.certificate.write_bytes(renewed.certificate.read_bytes())
    https.process.send_signal(signal.SIGHUP)
    https.wait_for(lambda: "the one before stays" in https.log.read_text(), "it is told")
    assert serial(https) == before
    their.key.write_bytes(renewed.key.read_bytes())
    https.process.send_signal(signal.SIGHUP)
    https.wait_for(
        lambda: before not in {serial(https) for _ in range(10)}, "every worker shows the new one"
    )


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ("certificate", "tls.certificate: {certificate}: No such file"),
        ("key", "tls.key: {key}: No such file"),
        ("open key", "tls.key: {key} is open to every user of this machine"),
        ("other key", "tls.key: {key} is not the key of the certificate {certificate}"),
        ("locked key", "tls.key: {key} is no private key in PEM without a password"),
        ("no PEM", "tls.certificate: {certificate} holds no certificate in PEM"),
        ("expired", "tls.certificate: {certificate} has expired on "),
        ("not yet", "tls.certificate: {certificate} is good from "),
    ],
)
def test_a_certificate_that_cannot_be_used_is_refused_with_one_clear_line(
    environ: dict[str, str], tls: Certificates, tmp_path: Path, spoiled: str, words: str
) -> None:
    spoil(tls, tmp_path / "other", spoiled)
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "api:app", "--bind", f"unix:{tmp_path / 'sock'}"],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("iargus: ")]
    told = words.format(certificate=tls.certificate, key=tls.key)
    assert line.startswith(f"iargus: cannot start: {told}")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "sock").exists(), "nothing listened"


def spoil(tls: Certificates, folder: Path, how: str) -> None:
    folder.mkdir()
    if how == "certificate":
        tls.certificate.unlink()
    elif how == "key":
        tls.key.unlink()
    elif how == "open key":
        tls.key.chmod(0o644)
    elif how == "no PEM":
        tls.certificate.write_text("-----BEGIN CERTIFICATE-----\nnone\n")
    elif how == "locked key":
        lock(tls.key)
    else:
        spans = {"expired": (2 * DAY, -DAY), "not yet": (-DAY, 2 * DAY)}
        begun, lasts = spans.get(how, (dt.timedelta(0), DAY))
        other = make_certificates(folder, begun=begun, lasts=lasts)
        tls.key.write_bytes(other.key.read_bytes())
        if how != "other key":
            tls.certificate.write_bytes(other.certificate.read_bytes())


def lock(key: Path) -> None:
    """Encrypt a key: there is nobody at the terminal who could give the password."""
    from cryptography.hazmat.primitives import serialization

    read = serialization.load_pem_private_key(key.read_bytes(), password=None)
    key.write_bytes(
        read.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
