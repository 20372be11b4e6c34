"""Where a mail says that everything is, without what a mail must not hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.names import printable
from iargus.settings import Settings

_MAX_CHARS = 300


@dataclass(frozen=True)
class Links:
    """`report` is a file on the machine of the run; `server` an address for a browser, None where
    the registry is embedded."""

    report: str | None
    run_id: str | None
    server: str | None


def links_of(view: MonthView, settings: Settings) -> Links:
    return Links(
        report=None if view.report is None else printable(view.report, _MAX_CHARS),
        run_id=None if view.run_id is None else printable(view.run_id, 64),
        server=address(settings.mlflow_uri),
    )


def address(uri: str) -> str | None:
    """The address of a server without user, password and parameters."""
    try:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    return printable(urlunsplit((parts.scheme, host + port, parts.path, "", "")), _MAX_CHARS)
