"""Being taken for somebody else: whatever a client writes, its own address counts.

`VICTIM` is on every list and in no trusted network, `PROXY` is the one trusted proxy, and the
attacker connects from `ATTACKER`, directly or by the proxy, which appends whom it was asked by.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from iargus.api.app import create_app
from iargus.api.client_address import MAX_HOPS, ClientAddresses
from iargus.settings import Policy
from iargus.settings.http import ProxyPolicy
from tests.api.application import ADA, build
from tests.api.test_client_address import scope

VICTIM, PROXY, ATTACKER = "192.0.2.10", "10.0.0.1", "203.0.113.66"
FOR = "x-forwarded-for"
Headers = list[tuple[str, str]]


def addresses(*, on_azure: bool = False, trusted: tuple[str, ...] | None = (PROXY,)) -> Any:
    policy = ProxyPolicy.model_validate({"trusted": trusted})
    return ClientAddresses(policy, on_azure=on_azure)


# What a client writes of itself, as header lines.
CLAIMS: Mapping[str, Headers] = {
    "X-Forwarded-For with the victim's address": [(FOR, VICTIM)],
    "X-Forwarded-For with the victim and a port": [(FOR, f"{VICTIM}:80")],
    "X-Forwarded-For in brackets": [(FOR, f"[{VICTIM}]")],
    "X-Forwarded-For mapped into IPv6": [(FOR, f"::ffff:{VICTIM}")],
    "X-Forwarded-For mapped, in brackets and with a port": [(FOR, f"[::ffff:{VICTIM}]:80")],
    "X-Forwarded-For in hexadecimal IPv6": [(FOR, "::ffff:c000:20a")],
    "X-Forwarded-For with a zone": [(FOR, f"{VICTIM}%eth0")],
    "X-Forwarded-For with leading zeros, octal to some": [(FOR, "192.0.02.012")],
    "X-Forwarded-For as one decimal number": [(FOR, "3221225994")],
    "X-Forwarded-For as one hexadecimal number": [(FOR, "0xc000020a")],
    "X-Forwarded-For of three parts": [(FOR, "192.0.522")],
    "X-Forwarded-For with digits of another script": [(FOR, "\xb9\xb9².0.2.10")],
    "X-Forwarded-For in two lines": [(FOR, VICTIM), (FOR, VICTIM)],
    "X-Forwarded-For with a line break": [(FOR, f"{VICTIM}\r\n{FOR}: {VICTIM}")],
    "X-Forwarded-For with blanks and tabs": [(FOR, f"\t {VICTIM} \t")],
    "X-Forwarded-For of empty parts": [(FOR, f"{VICTIM}, , ,")],
    "X-Forwarded-For with a semicolon": [(FOR, f"{VICTIM};")],
    "X-Forwarded-For that says unknown": [(FOR, "unknown")],
    "X-Forwarded-For with an obfuscated identifier (RFC 7239)": [(FOR, "_hidden, _SEVKISEK")],
    "X-Forwarded-For with a host's name": [(FOR, "localhost")],
    "X-Forwarded-For that says unix": [(FOR, "unix")],
    "X-Forwarded-For of the proxy itself": [(FOR, f"{VICTIM}, {PROXY}, {PROXY}")],
    "X-Forwarded-For of a hundred hops": [(FOR, ", ".join([VICTIM] * 100))],
    "X-Forwarded-For of a hundred trusted hops": [(FOR, ", ".join([VICTIM, *[PROXY] * 100]))],
    "X-Forwarded-For of a megabyte": [(FOR, "1," * 500_000 + VICTIM)],
    "Forwarded with the victim's address": [("forwarded", f"for={VICTIM};proto=https")],
    "Forwarded with quotes": [("forwarded", f'for="[{VICTIM}]:80"')],
    "X-Real-IP": [("x-real-ip", VICTIM)],
    "Client-IP, which Azure's front end writes": [("client-ip", f"{VICTIM}:80")],
    "X-Client-IP, CF-Connecting-IP and their like": [
        (name, VICTIM)
        for name in (
            *("x-client-ip", "cf-connecting-ip", "true-client-ip", "x-azure-clientip"),
            *("x-originating-ip", "x-remote-addr", "x-cluster-client-ip", "fastly-client-ip"),
        )
    ],
    "x_forwarded_for with underscores": [("x_forwarded_for", VICTIM)],
    "all of them at once": [
        (name, VICTIM) for name in (FOR, "forwarded", "x-real-ip", "client-ip", "via")
    ],
}


@pytest.mark.parametrize("name", CLAIMS, ids=[f"{claim}, directly" for claim in CLAIMS])
def test_whoever_connects_directly_is_who_connects(name: str) -> None:
    for found in (addresses(), addresses(trusted=None), addresses(trusted=("unix",))):
        assert found.of(scope(ATTACKER, *CLAIMS[name])) == ATTACKER


@pytest.mark.parametrize("name", CLAIMS, ids=[f"{claim}, behind the proxy" for claim in CLAIMS])
def test_behind_the_proxy_only_what_it_appended_counts(name: str) -> None:
    lines = [value for header, value in CLAIMS[name] if header == FOR]
    others = [(header, value) for header, value in CLAIMS[name] if header != FOR]
    appended = (FOR, ", ".join([*lines, ATTACKER]))
    assert addresses().of(scope(PROXY, *others, appended)) == ATTACKER
    # A proxy that adds a line of its own behind the client's says the same.
    of_its_own = [*CLAIMS[name], (FOR, ATTACKER)]
    assert addresses().of(scope(PROXY, *of_its_own)) == ATTACKER


@pytest.mark.parametrize("name", CLAIMS, ids=[f"{claim}, on Azure" for claim in CLAIMS])
def test_on_azure_the_front_end_s_client_ip_counts_and_nothing_else(name: str) -> None:
    azure = addresses(on_azure=True, trusted=None)
    others = [(header, value) for header, value in CLAIMS[name] if header != "client-ip"]
    assert azure.of(scope("169.254.1.1", *others, ("client-ip", f"{ATTACKER}:1"))) == ATTACKER
    # Off Azure the header is anybody's.
    plain = addresses(trusted=None)
    assert plain.of(scope(ATTACKER, ("client-ip", f"{VICTIM}:1"))) == ATTACKER


def test_a_second_client_ip_beside_azures_makes_nobody_of_both() -> None:
    azure = addresses(on_azure=True, trusted=None)
    for lines in (
        [("client-ip", VICTIM), ("client-ip", ATTACKER)],
        [("client-ip", f"{VICTIM}, {ATTACKER}")],
    ):
        assert azure.of(scope("169.254.1.1", *lines)) == "169.254.1.1"


def test_fifty_hops_are_walked_and_no_more() -> None:
    found = addresses(trusted=("10.0.0.0/8",))
    hops = [PROXY] * (MAX_HOPS - 1)
    assert found.of(scope(PROXY, (FOR, ", ".join([ATTACKER, *hops])))) == ATTACKER
    assert found.of(scope(PROXY, (FOR, ", ".join([VICTIM, *hops, PROXY])))) == PROXY


def test_a_client_on_a_unix_socket_that_nobody_named_is_not_believed() -> None:
    for claims in CLAIMS.values():
        found = addresses().of(scope(None, *claims, unix=True))
        # Who writes the name of the socket itself is nobody.
        assert found == ("unknown" if (FOR, "unix") in claims else "unix")


LISTS = {
    "access": {
        "api": [VICTIM],
        "pages": [VICTIM],
        "administration": [VICTIM],
        "metrics": [VICTIM],
    },
    "proxies": {"trusted": [PROXY]},
}


@contextmanager
def service(folder: Path, empty_var: Path, peer: str) -> Iterator[TestClient]:
    if not (folder / "var").exists():
        shutil.copytree(empty_var, folder / "var")
    services = build(folder / "var", Policy.model_validate(LISTS), {})
    client = TestClient(create_app(services), client=(peer, 50_000), raise_server_exceptions=False)
    with client:
        yield client


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory, empty_var: Path) -> Iterator[TestClient]:
    with service(tmp_path_factory.mktemp("stranger"), empty_var, ATTACKER) as client:
        yield client


# Ways into a part of the service past the list of another part.
PATHS: Mapping[str, tuple[str, str]] = {
    "the API": ("POST", "/get_token"),
    "a prediction": ("POST", "/predict"),
    "the pages": ("GET", "/"),
    "the documentation": ("GET", "/docs"),
    "the description": ("GET", "/openapi.json"),
    "files of the documentation": ("GET", "/docs/assets/swagger-ui.css"),
    "the administration": ("GET", "/admin/tokens"),
    "the metrics": ("GET", "/metrics"),
    "the administration with a slash before": ("GET", "//admin/tokens"),
    "the administration in capitals": ("GET", "/ADMIN/tokens"),
    "the administration in percent signs": ("GET", "/%61dmin/tokens"),
    "the administration with an encoded slash": ("GET", "/admin%2ftokens"),
    "the administration by way of a health check": ("GET", "/live/../admin/tokens"),
    "the administration with a semicolon": ("GET", "/live;/../admin/tokens"),
    "the administration with a NUL": ("GET", "/admin/tokens%00"),
    "the metrics with a slash behind": ("GET", "/metrics/"),
    "the description by HEAD": ("HEAD", "/openapi.json"),
    "a path that does not exist": ("GET", "/nowhere"),
}


@pytest.mark.parametrize("name", PATHS)
def test_whoever_is_on_no_list_comes_in_nowhere(stranger: TestClient, name: str) -> None:
    method, path = PATHS[name]
    forged = {FOR: VICTIM, "Client-IP": VICTIM, "X-Real-IP": VICTIM, "Forwarded": f"for={VICTIM}"}
    forged |= {"X-Original-URL": "/live", "X-Rewrite-URL": "/live"}
    answer = stranger.request(method, path, json=ADA, headers=forged, follow_redirects=False)
    assert answer.status_code == 403
    assert stranger.get("/live", headers=forged).status_code == 200
    by_header = stranger.get("/live", headers={"X-Original-URL": path, "X-Rewrite-URL": path})
    assert by_header.json() == {"status": "live"}


def test_who_is_listed_comes_in_by_the_proxy_and_nobody_in_its_name(
    tmp_path: Path, empty_var: Path
) -> None:
    with service(tmp_path, empty_var, PROXY) as client:
        good = client.post("/get_token", json=ADA, headers={FOR: VICTIM})
        assert good.status_code == 200
        for claim in (f"{VICTIM}, {ATTACKER}", f"{VICTIM}, unknown", f"{VICTIM},", "", ATTACKER):
            assert client.post("/get_token", json=ADA, headers={FOR: claim}).status_code == 403
        assert client.post("/get_token", json=ADA).status_code == 403


# What somebody writes as the path below which the service is: each would end up in links.
PREFIXES: Mapping[str, str] = {
    "another host with two slashes": "//evil.example",
    "another host with a scheme": "https://evil.example",
    "another host with a backslash": "/\\evil.example",
    "another host behind the path": "/cars//evil.example",
    "a scheme that runs a script": "javascript:evil",
    "a header of its own": "/cars\r\nSet-Cookie: evil=1",
    "a path that goes up": "/evil/../..",
    "a path in percent signs": "/%2f%2fevil.example",
    "a query": "/cars?evil=1",
    "a fragment": "/cars#evil",
    "markup": '/"><script src=evil>',
    "a path without end": "/evil" * 2_000,
    "two paths": "/cars, //evil.example",
}


@pytest.mark.parametrize("name", PREFIXES)
@pytest.mark.parametrize("peer", [PROXY, ATTACKER], ids=["by the proxy", "directly"])
def test_no_link_leads_where_a_forged_path_says(
    tmp_path: Path, empty_var: Path, peer: str, name: str
) -> None:
    forged = {"X-Forwarded-Prefix": PREFIXES[name].encode()}
    with trusting(tmp_path, empty_var, peer) as client:
        for path in ("/", "/openapi.json", "/docs", "/docs/", "/predict/"):
            answer = client.get(path, headers=forged, follow_redirects=False)  # type: ignore[arg-type]
            assert answer.status_code in (200, 307)
            assert "evil" not in answer.text + str(answer.headers.get("location"))
            assert "set-cookie" not in answer.headers


def test_control_the_path_of_the_proxy_is_in_links(tmp_path: Path, empty_var: Path) -> None:
    for peer, prefix in ((PROXY, "/cars"), (ATTACKER, "")):
        with trusting(tmp_path / peer, empty_var, peer) as client:
            page = client.get("/", headers={"X-Forwarded-Prefix": "/cars"}).json()
        assert page["documentation"] == f"http://testserver{prefix}/docs"


@contextmanager
def trusting(folder: Path, empty_var: Path, peer: str) -> Iterator[TestClient]:
    """A service that trusts `PROXY` and is open to everybody."""
    shutil.copytree(empty_var, folder / "var")
    policy = Policy.model_validate({"proxies": {"trusted": [PROXY]}})
    with TestClient(create_app(build(folder / "var", policy, {})), client=(peer, 50_000)) as client:
        yield client


NETWORKS: Mapping[str, tuple[str, str]] = {
    "a neighbour of a network, one address before": ("192.0.1.255", "192.0.2.0/24"),
    "a neighbour of a network, one address behind": ("192.0.3.0", "192.0.2.0/24"),
    "a network that an IPv6 address only resembles": ("2001:db9::1", "2001:db8::/32"),
    "an IPv4 address that is compatible with IPv6": ("::192.0.2.10", "192.0.2.0/24"),
    "an address by 6to4": ("2002:c000:20a::1", "192.0.2.0/24"),
    "an address by NAT64": ("64:ff9b::c000:20a", "192.0.2.0/24"),
    "a name that begins like an address": ("192.0.2.10.evil.example", "192.0.2.0/24"),
    "nobody": ("", "192.0.2.0/24"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_holds_its_own_addresses_alone(name: str) -> None:
    peer, network = NETWORKS[name]
    from iargus.api.client_address import Networks

    assert not Networks([network]).holds(peer)
    found = addresses(trusted=(network,))
    assert found.of(scope(peer, (FOR, VICTIM))) != VICTIM
