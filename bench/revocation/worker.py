"""One worker of `bench/revocation`: the application without a registry, at one address."""

from __future__ import annotations

import os
import sys

import uvicorn

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.logs import configure_logging
from iargus.settings import Settings


def main(host: str, port: int) -> None:
    """Serve until the process is ended."""
    configure_logging("error")
    services = Services(Settings.read(os.environ), follow_registry=False)
    uvicorn.run(create_app(services), host=host, port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
