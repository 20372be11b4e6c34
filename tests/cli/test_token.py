"""`iargus token` and `iargus keys`, as an administrator uses them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.cli.conftest import Outcome, Run

NAMES = ("--first-name", "Ada", "--surname", "King")


@pytest.fixture
def ready(run: Run) -> Run:
    assert run("db", "upgrade").status == 0
    return run


def issue(run: Run, email: str = "ada@example.com", *more: str) -> str:
    done = run("token", "issue", *NAMES, "--email", email, *more)
    assert done.status == 0, done.err
    return done.out.strip()


def listed(run: Run, *options: str) -> list[dict[str, Any]]:
    done = run("token", "list", "--json", *options)
    assert done.status == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def keys(run: Run) -> dict[str, dict[str, Any]]:
    return {key["kid"]: key for key in json.loads(run("keys", "list", "--json").out)}


def test_lists_hide_addresses_unless_asked(ready: Run) -> None:
    issue(ready)
    for options in ((), ("--json",)):
        assert "ada@example.com" not in ready("token", "list", *options).out
        assert "a…@example.com" in json_free(ready("token", "list", *options))
        shown = ready("token", "list", "--show-addresses", *options)
        assert "ada@example.com" in shown.out
    assert listed(ready, "--show-addresses")[0]["first_name"] == "Ada"
    assert listed(ready)[0]["first_name"] is None


def json_free(outcome: Outcome) -> str:
    return outcome.out.replace("\\u2026", "…")


def test_pages_go_on_where_they_ended(ready: Run) -> None:
    for number in range(3):
        issue(ready, f"p{number}@example.com")
    first = ready("token", "list", "--json", "--limit", "2")
    cursor = first.err.split("--after ")[1].strip()
    rest = listed(ready, "--limit", "2", "--after", cursor)
    every = listed(ready, "--limit", "2", "--all")
    assert [*json.loads(first.out), *rest] == every
    assert len(every) == 3
    assert listed(ready, "--kid", "nobody") == []


def test_one_token_is_shown_and_revoked_by_itself_or_its_id(ready: Run) -> None:
    token, other = issue(ready), issue(ready)
    shown = json.loads(ready("token", "show", token).out)
    assert shown["state"] == "valid"
    assert ready("token", "revoke", token).out == "revoked\n"
    assert json.loads(ready("token", "show", shown["id"]).out)["state"].startswith("revoked 20")
    assert ready("token", "revoke", shown["id"]).status == 1
    assert json.loads(ready("token", "show", other).out)["state"] == "valid"
    assert ready("token", "show", "nobody").status == 1


def test_more_than_one_is_revoked_only_after_a_yes(
    ready: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        issue(ready)
    issue(ready, "bob@example.com")
    which = ("--email", "ADA@example.com")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    refused = ready("token", "revoke", *which)
    assert refused.status != 0
    assert "This revokes 2 tokens, 1 person." in refused.err
    assert [token["state"] for token in listed(ready)] == ["valid"] * 3
    assert ready("token", "revoke", *which, "--yes").out == "2 tokens revoked\n"
    assert [token["state"] == "valid" for token in listed(ready)] == [True, False, False]
    assert ready("token", "revoke", *which, "--yes").status == 1


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 2),
        (("--older-than", "soon"), 1),
        (("--older-than", "999999w"), 1),
        (("--issued-before", "then"), 1),
    ],
)
def test_what_to_revoke_must_be_said(ready: Run, options: tuple[str, ...], status: int) -> None:
    done = ready("token", "revoke", *options)
    assert done.status == status
    assert "Traceback" not in done.err


def test_age_chooses(ready: Run) -> None:
    issue(ready)
    assert ready("token", "revoke", "--older-than", "1h", "--yes").status == 1
    assert ready("token", "revoke", "--issued-before", "2100-01-01", "--yes").status == 0


def test_a_token_for_administrators_is_short(ready: Run) -> None:
    issue(ready, "root@example.com", "--scope", "admin")
    (token,) = listed(ready)
    assert (token["scope"], token["tasks"]) == ("admin", [])
    assert token["issued_at"][:10] != token["expires_at"][:10]
    issue(ready, "ada@example.com", "--task", "intent", "--ttl-days", "3")
    assert listed(ready)[0]["tasks"] == ["intent"]
    for wrong in (("--ttl-days", "181"), ("--task", "nothing"), ("--scope", "root")):
        assert ready("token", "issue", "--email", "ada@example.com", *wrong).status != 0


def test_keys_are_rotated_listed_and_retired(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(ready)
    (first,) = keys(ready)
    assert ready("keys", "rotate").out.endswith("signs from now on\n")
    signing = next(kid for kid, key in keys(ready).items() if key["state"] == "signs")
    assert keys(ready)[first]["state"] == "verifies"
    assert keys(ready)[first]["tokens"] == 1
    assert "1 key is wrapped" in ready("keys", "rotate", "--rewrap").out
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = ready("keys", "retire", first, "--now")
    assert "1 person loses 1 token at once" in asked.err
    assert keys(ready)[first]["state"] == "verifies", "nobody has said yes"
    done = ready("keys", "retire", first, "--now", "--yes")
    assert f"{first} is revoked" in done.out
    assert "var/jwt.key" in done.err
    assert listed(ready)[0]["state"] == "key revoked"
    retired = ready("keys", "retire", signing)
    assert "signs from now on" in retired.out
    assert keys(ready)[signing]["state"] == "verifies"
    assert ready("keys", "retire", "nobody").status == 1
    assert signing in ready("keys", "list").out
