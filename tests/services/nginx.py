"""nginx as deploy/nginx has it, filled in by `envsubst` as its README says."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services.certificates import Certificates
from tests.services.ports import free_port
from tests.services.require import require_program

FOLDER = Path(__file__).parents[2] / "deploy" / "nginx"

# What a distribution's own nginx.conf says around the files of sites-enabled.
AROUND = """
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
worker_processes 2;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/iargus.conf;
}}
"""


def variables() -> dict[str, str]:
    """The variables of iargus.env with the values that it comes with."""
    lines = (FOLDER / "iargus.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def fill_in(values: Mapping[str, str]) -> str:
    """The configuration with these values, by the command of the README."""
    names = " ".join(f"${{{name}}}" for name in values)
    return subprocess.run(
        [str(require_program("envsubst")), names],
        input=(FOLDER / "iargus.conf").read_text(),
        env=dict(values),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def below_a_path(port: int, socket: Path) -> str:
    """A website on this port with `under-a-path.conf` in it, before gunicorn on `socket`."""
    blocks = (FOLDER / "under-a-path.conf").read_text()
    assert blocks.count("/run/iargus/api.sock") == 1
    blocks = blocks.replace("/run/iargus/api.sock", str(socket))
    website = 'location / { return 404 "the website"; }'
    return f"server {{ listen 127.0.0.1:{port}; {website}\n{blocks} }}"


class Nginx:
    """nginx in `folder`, on free ports, before gunicorn on `socket`: as iargus.conf has it, with
    `certificates`, or without, on `http_port`, below the path of a website."""

    def __init__(self, folder: Path, socket: Path, certificates: Certificates | None) -> None:
        self._program = require_program("nginx")
        self._folder = folder
        self.https_port, self.http_port = free_port(), free_port()
        folder.mkdir()
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=getpass.getuser()))
        if certificates is None:
            (folder / "iargus.conf").write_text(below_a_path(self.http_port, socket))
            return
        changed = {
            "IARGUS_NAME": "localhost",
            "IARGUS_HTTPS_PORT": str(self.https_port),
            "IARGUS_HTTP_PORT": str(self.http_port),
            "IARGUS_CERTIFICATE": str(certificates.certificate),
            "IARGUS_KEY": str(certificates.key),
            "IARGUS_SOCKET": str(socket),
        }
        values = variables()
        assert set(changed) < set(values)
        (folder / "iargus.conf").write_text(fill_in(values | changed))

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [str(self._program), "-e", "stderr", "-c", str(self._folder / "nginx.conf")],
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline_s = time.monotonic() + 20
        while not (self._folder / "nginx.pid").exists():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                self._process.kill()
                _, errors = self._process.communicate()
                raise AssertionError(f"nginx does not start: {errors}")
            time.sleep(0.02)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._process.pid, signal.SIGTERM)
        self._process.communicate(timeout=20)

    @property
    def log(self) -> str:
        return (self._folder / "error.log").read_text()
