"""What a worker of gunicorn takes over from `gunicorn_hooks`."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from uvicorn.config import Config

from iargus.server.hooks import PROTOCOL, set_up_worker


def test_the_server_believes_no_header_and_does_not_name_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A worker imports the program anew; this process goes on with what it has.
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    config = Config("api:app")
    assert config.proxy_headers, "uvicorn's own default"
    assert config.server_header, "uvicorn's own default"
    set_up_worker(SimpleNamespace(tls_context=None), SimpleNamespace(config=config))
    assert not config.proxy_headers
    assert not config.server_header
    assert config.http == PROTOCOL
