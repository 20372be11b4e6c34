"""Outages: whether a token was revoked cannot be told, and lists on disk are tampered with."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.security.attacks import attack
from tests.security.conftest import Start
from tests.security.door import WITHIN_S, Door
from tests.security.forger import CLAIMS, compact, headed

UNKNOWN = (503, "TOKEN_STATE_UNKNOWN")
REVOKED = (401, "TOKEN_REVOKED")


def answers(door: Door, token: str) -> set[tuple[int, str]]:
    """Status and label of what a token opens; none of it may be a prediction."""
    found = [*door.in_header(token), *door.in_body(token)]
    assert not any(answer.predicts for answer in found)
    return {(answer.status, answer.label) for answer in found}


def test_a_revoked_token_where_the_list_is_too_old(start: Start) -> None:
    """Neither 200 nor 401 for one that was good a moment ago: nobody can know."""
    door = start(tokens={"revocation_max_age_s": 0.000_001, "revocation_refresh_s": 60})
    revoked, good = door.api.token(), door.api.token()
    assert door.ask("POST", "/revoke_token", token=revoked).status == 200
    assert answers(door, revoked) == {REVOKED}
    assert answers(door, good) == {UNKNOWN}


def test_a_forgery_where_the_list_is_too_old(start: Start) -> None:
    """What is wrong in itself stays 401: an outage opens and tells nothing."""
    door = start(tokens={"revocation_max_age_s": 0.000_001, "revocation_refresh_s": 60})
    door.refuses("a.b.c")
    door.refuses(headed(typ="at+jwt"))


def _left_behind(start: Start, var_dir: Path) -> tuple[str, str, Path]:
    """A revoked token, a good one, and the list that a host keeps of the revoked ones."""
    door = start()
    revoked, good = door.api.token(), door.api.token()
    assert door.ask("POST", "/revoke_token", token=revoked).status == 200
    path, deadline_s = var_dir / "revoked.json", time.monotonic() + WITHIN_S
    while not json.loads(path.read_text())["revoked"]:
        assert time.monotonic() < deadline_s, "the revocation is kept on disk"
        time.sleep(0.01)
    door.api.services.stop()
    return revoked, good, path


def test_control_an_honest_list_is_obeyed_while_the_database_is_away(
    start: Start, var_dir: Path
) -> None:
    revoked, good, _ = _left_behind(start, var_dir)
    door = start(away=True)
    assert answers(door, revoked) == {REVOKED}
    assert door.ask("GET", "/intent", token=good, query="query=hello").status == 200


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        attack("the list comes from the future", {"read_at": CLAIMS["exp"]}, 0o600),
        attack("the list is a day old", {"read_at": CLAIMS["iat"] - 86_400}, 0o600),
        attack("the list is empty, and others can write it", {"revoked": []}, 0o666),
        attack("the list is empty, and others can read it", {"revoked": []}, 0o644),
        attack("the list has another format", {"format": 2}, 0o600),
        attack("the list is an object", {"revoked": {}}, 0o600),
        attack("the list holds numbers", {"revoked": [1]}, 0o600),
        attack("the list was read at a time that is none", {"read_at": True}, 0o600),
        attack("the list was read at a text", {"read_at": "now"}, 0o600),
    ],
)
def test_a_list_that_was_tampered_with(
    start: Start, var_dir: Path, changes: dict[str, object], mode: int
) -> None:
    revoked, good, path = _left_behind(start, var_dir)
    path.write_text(compact(json.loads(path.read_text()) | changes))
    path.chmod(mode)
    door = start(away=True)
    for token in (revoked, good):
        assert answers(door, token) == {UNKNOWN}


@pytest.mark.parametrize(
    "content",
    [
        attack("the list is gone", None),
        attack("the list is cut off", b'{"format": 1, "read_at": 1, "revoked": ["'),
        attack("the list is an empty file", b""),
        attack("the list is NaN old", b'{"format": 1, "read_at": NaN, "revoked": []}'),
        attack("the list is no UTF-8", b"\xff" * 40),
    ],
)
def test_a_list_that_was_replaced(start: Start, var_dir: Path, content: bytes | None) -> None:
    revoked, good, path = _left_behind(start, var_dir)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    door = start(away=True)
    for token in (revoked, good):
        assert answers(door, token) == {UNKNOWN}
