"""`iargus invite`."""

from __future__ import annotations

import json

import pytest

from iargus.auth.issuing.codes import parse_invitation
from tests.cli.conftest import Run


def test_an_invitation_is_shown_once_listed_and_revoked(run: Run) -> None:
    assert run("db", "upgrade").status == 0
    assert "No invitation" in run("invite", "list").out

    made = run("invite", "create", "--uses", "3", "--days", "7", "--domain", "BÜCHER.example.com")
    assert made.status == 0, made.err
    code = parse_invitation(made.out)
    assert code is not None
    assert "3 use(s)" in made.err

    (listed,) = json.loads(run("invite", "list", "--json").out)
    assert (listed["id"], listed["uses"], listed["used"]) == (code.key, 3, 0)
    assert (listed["domain"], listed["state"]) == ("xn--bcher-kva.example.com", "valid")
    assert code.secret not in json.dumps(listed)
    assert "0 of 3" in run("invite", "list").out

    assert run("invite", "revoke", code.key.lower()).status == 0
    assert run("invite", "revoke", code.key).status == 1
    assert "revoked" in run("invite", "list").out


def test_an_invitation_may_be_for_some_tasks(run: Run) -> None:
    assert run("db", "upgrade").status == 0
    made = run("invite", "create", "--task", "intent")
    assert "for anybody, only intent" in made.err
    (listed,) = json.loads(run("invite", "list", "--json").out)
    assert listed["tasks"] == ["intent"]
    assert "intent" in run("invite", "list").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--email", "nobody"), "--email: "),
        (("--domain", "@example.com"), "--domain: "),
        (("--email", "ada@example.com", "--domain", "example.com"), "one is enough"),
        (("--task", "intents"), "--task: intents is not served here"),
    ],
)
def test_an_invitation_for_nobody_is_refused(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    made = run("invite", "create", *arguments)
    assert made.status == 1
    assert words in made.err
