"""Coming to a token that one should not have: addresses that look right, links, invitations."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from iargus.api.app import create_app
from iargus.auth.issuing.codes import invitation_text, link_text
from iargus.auth.issuing.decisions import Verdict, backoff_after
from iargus.auth.issuing.delivery import ConfirmationSender
from iargus.auth.issuing.invitations import Invitations
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.clock import to_naive_utc
from iargus.errors import ConfigurationError
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running
from tests.auth.issued import issued_tokens
from tests.services.smtp_server import LocalMailServer

MAIL = {"SMTP_SERVER": "127.0.0.1", "SMTP_PORT": "1", "SMTP_RECIPIENT": "ops@example.com"}
CONFIRM = {"mode": "confirm", "public_url": "https://api.example.com"}
PAGE = {"Accept": "text/html"}
Start = Callable[..., Api]


@pytest.fixture
def start(tmp_path: Path, empty_var: Path) -> Iterator[Start]:
    """The application with this block `issuing`; mails wait in their queue."""
    shutil.copytree(empty_var, tmp_path / "var")
    with ExitStack() as stack:

        def started(environ: dict[str, str] | None = None, **issuing: Any) -> Api:
            limits = {"tokens_per_hour": issuing.pop("tokens_per_hour", 10_000)}
            policy = Policy.model_validate({"issuing": issuing, "limits": limits})
            services = build(tmp_path / "var", policy, {}, environ)
            object.__setattr__(services.issuing, "background", ())
            return stack.enter_context(running(services))

        yield started


def ask(api: Api, email: str = ADA["email"], **more: object) -> Any:
    return api.client.post("/get_token", json=ADA | {"email": email} | more)


def tokens(api: Api) -> int:
    return len(issued_tokens(api.services.databases[0]))


def claim(api: Api) -> Any:
    """Take the next request out of the queue, as a mail would be sent for it."""
    queue = ConfirmationQueue(api.services.databases[0])
    now = to_naive_utc(api.clock())
    found = queue.claim(now, lease=backoff_after(1), decide=lambda _: Verdict.SEND)
    if found is not None:
        queue.mark_sent(found)
    return found


def link_for(api: Api, email: str = ADA["email"]) -> str:
    assert ask(api, email).status_code == 202
    return f"/get_token/{link_text(claim(api).link)}"


# The list holds example.com, boss@example.org and *.example.net.
ALLOWED = ["example.com", "boss@example.org", "*.example.net"]
STRANGERS: Mapping[str, str] = {
    "a domain that ends like the allowed one": "eve@evil-example.com",
    "a domain that begins like the allowed one": "eve@example.com.evil.org",
    "a subdomain of an allowed domain": "eve@mail.example.com",
    "the parent of allowed subdomains": "eve@example.net",
    "a domain that ends like the parent": "eve@evilexample.net",
    "an allowed domain before another @": "eve@example.com@evil.org",
    "an allowed domain in quotes": '"eve@example.com"@evil.org',
    "an allowed domain in a comment": "eve@evil.org(@example.com)",
    "an allowed domain as the name of the person": "boss@example.org <eve@evil.org>",
    "two addresses in a list": "boss@example.org, eve@evil.org",
    "two addresses with a semicolon": "boss@example.org;eve@evil.org",
    "the old detour with a percent sign": "eve%evil.org@evil.org",
    "the old detour with an exclamation mark": "example.com!eve@evil.org",
    "a Cyrillic letter in the domain": "eve@ex\u0430mple.com",
    "that domain in ASCII": "eve@xn--exmple-4nf.com",
    "a Greek letter in the local part": "b\u03bfss@example.org",
    "a local part of full width": "\uff42oss@example.org",
    "a dot in the local part": "b.oss@example.org",
    "a tag on an address of the list": "boss+eve@example.org",
    "a line break and another header": "boss@example.org\r\nBcc: eve@evil.org",
    "a line break before the domain": "eve@evil.org\nexample.com",
    "a NUL before the allowed domain": "eve@evil.org\0@example.com",
    "a dot behind another domain": "eve@evil.org.",
    "a soft hyphen and a letter more": "eve@exam\u00adplee.com",
    "an address literal": "eve@[127.0.0.1]",
    "ten thousand characters": "a" * 10_000 + "@example.com",
    "no local part": "@example.com",
    "nothing": "",
}


def test_the_list_itself_is_not_what_refuses(start: Start) -> None:
    api = start(mode="allow-list", allow=ALLOWED)
    for email in ("ada@example.com", "Boss@Example.org", "eve@a.b.example.net"):
        assert ask(api, email).status_code == 200


@pytest.mark.parametrize("name", STRANGERS)
def test_an_address_that_only_looks_allowed_gets_no_token(start: Start, name: str) -> None:
    api = start(mode="allow-list", allow=ALLOWED)
    answer = ask(api, STRANGERS[name])
    assert answer.status_code in (403, 422)
    assert answer.json()["label"].startswith(("PERSON_NOT_ALLOWED", "EMAIL_"))
    assert tokens(api) == 0


PERSONS: Mapping[str, list[str]] = {
    "capitals": ["ada@example.com", "ADA@example.com", "Ada@EXAMPLE.COM", "aDa@Example.Com"],
    "tags": [f"ada+{n}@example.com" for n in range(4)],
    "tags in tags": [
        "ada@example.com",
        "ada+a@example.com",
        "ada+a+b@example.com",
        "ada+@example.com",
    ],
    "blanks around": [
        "ada@example.com",
        " ada@example.com",
        "ada@example.com ",
        "\tada@example.com",
    ],
    "quotes that need not be": [
        "ada@example.com",
        '"ada"@example.com',
        "ADA@example.com",
        "ada+x@example.com",
    ],
    "a domain in both of its forms": [
        "ada@b\u00fccher.example",
        "ada@xn--bcher-kva.example",
        "ada@B\u00dcCHER.example",
        "ADA@XN--BCHER-KVA.EXAMPLE",
    ],
    "a letter with its accent, in two and in one": [
        "ad\u00e1@example.com",
        "ada\u0301@example.com",
        "AD\u00c1@example.com",
        "ADA\u0301@example.com",
    ],
    "a domain of full width": [
        "ada@example.com",
        "ada@\uff45xample.com",
        "ada@example\uff0ecom",
        "ada@example\u3002com",
    ],
}


@pytest.mark.parametrize("name", PERSONS)
def test_no_spelling_of_an_address_makes_another_person(start: Start, name: str) -> None:
    domains = ["example.com", "b\u00fccher.example"]
    api = start(mode="allow-list", allow=domains, max_live_tokens=2)
    statuses = [ask(api, email).status_code for email in PERSONS[name]]
    assert statuses.count(200) <= 2
    assert set(statuses) <= {200, 409, 422}


@pytest.mark.parametrize("threads", [2, 8], ids=lambda count: f"{count} threads asking at once")
def test_several_at_once_get_no_token_too_many(start: Start, threads: int) -> None:
    api = start(mode="allow-list", allow=["example.com"], max_live_tokens=3)
    with ThreadPoolExecutor(threads) as pool:
        statuses = list(pool.map(lambda n: ask(api, f"ada+{n}@example.com").status_code, range(12)))
    assert sorted(statuses) == [200] * 3 + [409] * 9
    assert tokens(api) == 3


GUESSES: Mapping[str, Callable[[str], str]] = {
    "a link of zeros": lambda _: "0" * 64,
    "a link with its last digit changed": lambda link: link[:-1] + "01"[link[-1] == "0"],
    "a link in capitals": str.upper,
    "a link with half of another": lambda link: link[:16] + "f" * 48,
    "a link that is cut off": lambda link: link[:-1],
    "a link with something behind": lambda link: link + "0",
    "a link with a NUL behind": lambda link: link + "%00",
    "a link with a line break behind": lambda link: link + "%0a",
    "a link of digits of another script": lambda link: "\uff10" * 64,
    "a link that is SQL": lambda _: "' OR '1'='1",
    "a link that climbs": lambda _: "..%2f..%2fadmin%2ftokens",
    "a link with a wildcard": lambda link: link[:16] + "%25" * 48,
    "a link of fifty thousand digits": lambda _: "a" * 50_000,
}


@pytest.mark.parametrize("name", GUESSES)
def test_a_link_that_is_not_the_link_gives_nothing(start: Start, name: str) -> None:
    api = start(MAIL, **CONFIRM)
    link = link_for(api)
    path = f"/get_token/{GUESSES[name](link.rpartition('/')[2])}"
    if path != link:
        for method in ("GET", "POST"):
            assert api.client.request(method, path).status_code in (404, 410, 414)
    assert tokens(api) == 0
    assert api.client.post(link).status_code == 200


def test_a_link_of_another_service_gives_nothing(
    start: Start, tmp_path: Path, empty_var: Path
) -> None:
    api = start(MAIL, **CONFIRM)
    shutil.copytree(empty_var, tmp_path / "other" / "var")
    other = build(tmp_path / "other" / "var", Policy.model_validate({"issuing": CONFIRM}), {}, MAIL)
    object.__setattr__(other.issuing, "background", ())
    with running(other) as elsewhere:
        link = link_for(elsewhere)
        assert api.client.post(link).status_code == 410
        assert elsewhere.client.post(link).status_code == 200


def test_a_link_is_over_after_thirty_minutes_and_a_second(start: Start) -> None:
    api = start(MAIL, **CONFIRM)
    link = link_for(api)
    api.clock.pass_by(minutes=30, seconds=1)
    for method in ("GET", "POST"):
        assert api.client.request(method, link).status_code == 410
    assert tokens(api) == 0


@pytest.mark.parametrize(
    "threads", [2, 8], ids=lambda count: f"{count} threads pressing a link at once"
)
def test_a_link_that_is_pressed_by_several_threads_gives_one_token(
    start: Start, threads: int
) -> None:
    api = start(MAIL, **CONFIRM)
    link = link_for(api)
    with ThreadPoolExecutor(threads) as pool:
        statuses = list(pool.map(lambda _: api.client.post(link).status_code, range(threads)))
    assert sorted(statuses) == [200] + [410] * (threads - 1)
    assert tokens(api) == 1


SCANNERS: Mapping[str, tuple[str, dict[str, str]]] = {
    "GET": ("GET", {}),
    "GET as a browser": ("GET", PAGE),
    "GET that prefetches": ("GET", {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}),
    "GET that says it is a POST": ("GET", {"X-HTTP-Method-Override": "POST"}),
    "GET with a body": ("GET", {"Content-Type": "application/x-www-form-urlencoded"}),
    "HEAD": ("HEAD", {}),
    "OPTIONS, as a browser asks for another origin": (
        "OPTIONS",
        {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    ),
    "PUT": ("PUT", {}),
    "PROPFIND": ("PROPFIND", {}),
}


@pytest.mark.parametrize("name", SCANNERS)
def test_whoever_only_looks_at_a_link_uses_nothing(start: Start, name: str) -> None:
    api = start(MAIL, **CONFIRM)
    link = link_for(api)
    method, headers = SCANNERS[name]
    for _ in range(5):
        answer = api.client.request(method, link, headers=headers, content=b"_method=POST")
        assert answer.status_code in (200, 405)
        assert "eyJ" not in answer.text
        assert "access-control-allow-origin" not in answer.headers
    assert tokens(api) == 0
    assert api.client.post(link).status_code == 200


def test_a_code_of_one_mode_opens_nothing_in_another(start: Start, tmp_path: Path) -> None:
    confirming = start(MAIL, **CONFIRM)
    link = link_for(confirming).rpartition("/")[2]
    now = to_naive_utc(confirming.clock())
    code = invitation_text(
        Invitations(confirming.services.databases[0]).create(
            uses=1, at=now, expires_at=now + timedelta(days=1)
        )
    )
    # In `confirm` an invitation is a field that nobody reads, and no link.
    assert ask(confirming, invitation=code).status_code == 202
    assert confirming.client.post(f"/get_token/{code}").status_code == 410
    invited = start(mode="invitation")
    assert ask(invited, invitation=link).status_code == 403
    assert invited.client.post(f"/get_token/{link}").status_code in (404, 405)
    assert tokens(invited) == 0


INVITATIONS: Mapping[str, Callable[[str], str]] = {
    "an invitation that was guessed": lambda _: "0000-" * 7 + "0000",
    "an invitation with its last letter changed": lambda code: (
        code[:-1] + ("0" if code[-1] != "0" else "2")
    ),
    "the key of an invitation alone": lambda code: code[:4],
    "an invitation with SQL behind": lambda code: code + "' OR 1=1 --",
    "an invitation of wildcards": lambda code: code[:4] + "%" * 28,
    "an invitation of 200 blanks and the code": lambda code: " " * 200 + code,
    "an invitation with a NUL": lambda code: code[:-1] + "\0",
}


@pytest.mark.parametrize("name", INVITATIONS)
def test_what_is_no_invitation_gives_nothing(start: Start, name: str) -> None:
    api = start(mode="invitation")
    now = to_naive_utc(api.clock())
    store = Invitations(api.services.databases[0])
    code = invitation_text(store.create(uses=1, at=now, expires_at=now + timedelta(days=1)))
    assert ask(api, invitation=INVITATIONS[name](code)).status_code in (403, 422)
    assert tokens(api) == 0
    assert ask(api, invitation=code).status_code == 200
    assert ask(api, invitation=code).status_code == 403


WRONG: Mapping[str, dict[str, Any]] = {
    "an invitation for another address": {"email": "bob@example.com"},
    "an invitation for another domain": {"domain": "example.org"},
    "an invitation for a domain, from its subdomain": {"domain": "com"},
    "an invitation for an address, with a tag": {"email": "ada+x@example.com"},
}


@pytest.mark.parametrize("name", [*WRONG, "an invitation that has expired", "one that was revoked"])
def test_a_good_invitation_is_of_no_use_to_others_or_afterwards(start: Start, name: str) -> None:
    api = start(mode="invitation")
    now = to_naive_utc(api.clock())
    store = Invitations(api.services.databases[0])
    code = store.create(uses=9, at=now, expires_at=now + timedelta(days=1), **WRONG.get(name, {}))
    if name == "an invitation that has expired":
        api.clock.pass_by(days=1)
    if name == "one that was revoked":
        store.revoke(code.key, now)
    refused = ask(api, invitation=invitation_text(code))
    guessed = ask(api, invitation="0000-" * 7 + "0000")
    assert refused.status_code == 403
    assert refused.content == guessed.content
    assert tokens(api) == 0


@pytest.mark.parametrize("mode", ["invitation", "confirm"], ids="guessing by force in {}".format)
def test_guessing_by_force_ends_at_the_limit_of_the_address(start: Start, mode: str) -> None:
    issuing: dict[str, Any] = {"mode": "invitation"} if mode == "invitation" else CONFIRM
    api = start(MAIL if mode == "confirm" else None, **issuing, tokens_per_hour=5)
    if mode == "invitation":
        answers = [ask(api, invitation=f"{n:032d}") for n in range(20)]
    else:
        answers = [api.client.post(f"/get_token/{n:064x}") for n in range(20)]
    assert [answer.status_code for answer in answers][5:] == [429] * 15


def test_known_and_unknown_addresses_get_the_same_bytes(start: Start) -> None:
    api = start(MAIL, **CONFIRM, allow=["example.com"], mails_per_hour=1, max_live_tokens=1)
    assert api.client.post(link_for(api)).status_code == 200
    answers = [
        ask(api, email)
        for email in (
            ADA["email"],
            "ada+tag@example.com",
            "new@example.com",
            "new@example.com",
            "stranger@example.org",
            "a@xn--bcher-kva.example",
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    varying = {"ratelimit"}  # what is left for this client, whoever it asks for
    headers = {
        tuple((name, value) for name, value in answer.headers.items() if name not in varying)
        for answer in answers
    }
    assert len(headers) == 1


INJECTED: Mapping[str, dict[str, str]] = {
    "a line break in the first name": {"first_name": "Ada\r\nBcc: eve@evil.org"},
    "a line break in the surname": {"surname": "King\nSubject: buy"},
    "a line separator of Unicode in the name": {"first_name": "Ada\u2028Bcc: eve@evil.org"},
    "a text from right to left in the name": {"first_name": "Ada\u202ekcatta"},
    "a line break in the address": {"email": "ada@example.com\r\nBcc: eve@evil.org"},
    "an encoded word in the name": {"first_name": "=?utf-8?q?=0aBcc:_eve@evil.org?="},
    "a link in the name": {"first_name": "Visit https://evil.example now"},
    "a script in the name": {"first_name": "<script src=//evil.example>"},
    "an address that pretends to be two": {"email": "ada@example.com,eve@evil.org"},
    "an address with a display name": {"email": "Eve <eve@evil.org>"},
    "an address with an option of SMTP": {"email": "ada@example.com> SIZE=1 <eve@evil.org"},
}


@pytest.mark.parametrize("name", INJECTED)
def test_a_mail_goes_to_one_address_and_says_nothing_of_the_sender(
    start: Start,
    start_mail_server: Callable[..., LocalMailServer],
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    server = start_mail_server("plain")
    environ = MAIL | {"SMTP_PORT": str(server.port)}
    api = start(environ, **CONFIRM)
    caplog.set_level(logging.DEBUG, logger="iargus")
    answer = api.client.post(
        "/get_token", json=ADA | INJECTED[name], headers={"Host": "evil.example"}
    )
    assert answer.status_code in (202, 422)
    queue = ConfirmationQueue(api.services.databases[0])
    ConfirmationSender(queue, api.services.settings, api.clock).deliver_one()
    assert len(server.received) == (answer.status_code == 202)
    for mail in server.received:
        text = mail.message.as_string()
        assert mail.recipients == (ADA["email"],)
        assert mail.message["Bcc"] is None
        assert "evil" not in text
        assert "kcatta" not in text
        assert "https://api.example.com/get_token/" in text
    assert "evil" not in caplog.text


def test_one_victim_gets_no_more_mails_than_the_limit_however_it_is_spelled(start: Start) -> None:
    api = start(MAIL, **CONFIRM, mails_per_hour=3)
    spelled = [f"ADA+{n}@Example.com" if n % 2 else f"ada+{n}@example.com" for n in range(20)]
    assert {ask(api, email).status_code for email in spelled} == {202}
    policy = api.services.settings
    postman = ConfirmationSender(ConfirmationQueue(api.services.databases[0]), policy, api.clock)
    sent: list[str] = []
    object.__setattr__(postman, "_send", lambda claimed: sent.append(claimed.email))
    while postman.deliver_one():
        pass
    assert len(sent) == 3


@pytest.mark.parametrize(
    "issuing",
    [
        pytest.param({}, id="production without a mode"),
        pytest.param({"mode": "confirm"}, id="production that confirms without a public address"),
        pytest.param(
            {"mode": "confirm", "public_url": "http://api.example.com"},
            id="production whose links would show a token in the clear",
        ),
    ],
)
def test_production_never_is_open_by_accident(
    tmp_path: Path, empty_var: Path, issuing: dict[str, Any]
) -> None:
    environ = MAIL | {"IARGUS_ENV": "production", "IARGUS_JWT_KEYS": f"k:{'abcdefgh' * 6}"}
    with pytest.raises(ConfigurationError, match="issuing"):
        create_app(build(tmp_path, Policy.model_validate({"issuing": issuing}), {}, environ))


@pytest.mark.parametrize(
    "name", ["o'neil&co@example.com", "{{7*7}}@example.com", "a%s@example.com"]
)
def test_the_page_of_a_link_shows_an_address_as_text(start: Start, name: str) -> None:
    api = start(MAIL, **CONFIRM)
    page = api.client.get(link_for(api, email=name), headers=PAGE)
    assert page.status_code == 200
    assert "49@" not in page.text
    assert "'neil&c" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
