"""Whether strangers may read the registry: whoever may also write chooses what is served."""

from __future__ import annotations

import ipaddress
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from iargus.operations.doctor.finding import Finding, ok, warning

SUBJECT = "registry's door"
TIMEOUT_S = 5.0
# What MLflow's page asks first; no name and no password go with it.
_ASKED = "/api/2.0/mlflow/registered-models/search?max_results=1"
_ASKS_WHO = (401, 403)


def examine_registry_door(uri: str | None) -> Iterator[Finding]:
    """Knock without credentials; nothing where the registry is embedded or does not answer, which
    others say."""
    if uri is None or not uri.startswith(("http://", "https://")):
        return
    if is_loopback(urlsplit(uri).hostname or ""):
        yield ok(SUBJECT, "only this machine reaches it")
        return
    yield from knock(uri)


def knock(uri: str) -> Iterator[Finding]:
    """Ask the MLflow server at `uri` (http or https) for its models, as a stranger."""
    try:
        urllib.request.urlopen(uri.rstrip("/") + _ASKED, timeout=TIMEOUT_S).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _ASKS_WHO:
                yield ok(SUBJECT, "it asks who is there")
        return
    except OSError:
        return
    yield warning(
        SUBJECT,
        "whoever reaches it may read it without a password, and perhaps write",
        "put MLflow behind authentication (deploy/mlflow, docs/how-to/azure.md), and set "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD here",
    )


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
