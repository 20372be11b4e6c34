"""What `gunicorn.conf.py` does beside its settings: certificates, and uvicorn's own defaults."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from typing import Any

from iargus.clock import utc_now
from iargus.errors import ConfigurationError
from iargus.server.tls import server_context
from iargus.settings import Settings
from iargus.settings.http import TlsPolicy

CANNOT_START = 4
# How bytes become requests. By its name: a worker imports it itself.
PROTOCOL = "iargus.server.protocol:GuardedProtocol"


def tls_policy() -> TlsPolicy:
    """The block `tls` of `config.yml`; without one where the file is invalid, which each worker
    finds and says when it reads it."""
    try:
        return Settings.read(os.environ).policy.tls
    except ConfigurationError:
        return TlsPolicy()


def load_certificate(server: Any) -> None:
    """Read the certificate before anything listens; end with one line where it cannot be used."""
    try:
        server.tls_context = _context(server.cfg)
    except ConfigurationError as error:
        print(f"iargus: cannot start: {error}", file=sys.stderr)
        sys.exit(CANNOT_START)


def renew_certificate(server: Any) -> None:
    """Read it again at SIGHUP; where the new one cannot be used, go on with the one before.

    The context belongs to the master: workers inherit it, so that they share the keys of session
    tickets and a client may resume with any of them.
    """
    try:
        server.tls_context = _context(server.cfg)
    except ConfigurationError as error:
        server.log.error("the certificate is not taken up, the one before stays: %s", error)


def set_up_worker(server: Any, worker: Any) -> None:
    """What uvicorn's worker takes from no setting of gunicorn; before it has read its own."""
    config = worker.config
    # X-Forwarded-For is read by iargus.api.client_address, from trusted proxies alone.
    config.proxy_headers = False
    config.server_header = False
    config.http = PROTOCOL
    context: ssl.SSLContext | None = server.tls_context
    if context is not None:
        config.ssl_context_factory = lambda _config, _default: context
    _forget_the_masters_modules()


def _forget_the_masters_modules() -> None:
    # A worker imports the whole program itself, as without this file: after an update, SIGHUP
    # must not start workers in which the master's old modules meet new ones.
    for name in [name for name in sys.modules if name.partition(".")[0] == "iargus"]:
        del sys.modules[name]


def _context(cfg: Any) -> ssl.SSLContext | None:
    # From config.yml, or from the command line, which gunicorn has put above it.
    if not cfg.certfile:
        return None
    key = cfg.keyfile or cfg.certfile
    return server_context(Path(cfg.certfile), Path(key), now=utc_now())
