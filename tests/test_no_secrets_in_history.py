"""Nothing that was ever committed here is a secret; and what is planted is found."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.secrets_in_history import FORMS, findings, is_shallow, main

ROOT = Path(__file__).parents[1]
LETTERS = "Ab3" * 40

# In two parts, so that this file is not what it looks for.
PLANTED = {
    "a private key": ("-----BEGIN PRIV", f"ATE KEY-----\n{LETTERS}"),
    "a signed token": ("eyJ", f"hbGciOiJIUzI1.eyJpc3MiOiJpYXJn.{LETTERS[:43]}"),
    "a key pair of IArgus": ("0a1b2c3d", f":{LETTERS[:64]}"),
    "an access key of AWS": ("AKI", "AABCDEFGHIJKLMNOP"),
    "a client secret of Azure": ("abc8", f"Q~{LETTERS[:34]}"),
    "an account key of Azure": ("Account", f"Key={LETTERS[:86]}=="),
    "a token of GitHub": ("gh", f"p_{LETTERS[:36]}"),
    "a token of GitLab": ("gl", f"pat-{LETTERS[:20]}"),
    "a token of PyPI": ("py", f"pi-AgE{LETTERS[:60]}"),
    "a token of npm": ("np", f"m_{LETTERS[:36]}"),
    "a token of Slack": ("xo", f"xb-{LETTERS[:40]}"),
    "an API key of Google": ("AI", f"za{LETTERS[:35]}"),
    "an API key of a model's vendor": ("sk", f"-proj-{LETTERS[:40]}"),
    "a key of SendGrid": ("S", f"G.{LETTERS[:22]}.{LETTERS[:43]}"),
    "a key of Stripe": ("sk", f"_live_{LETTERS[:24]}"),
    "a password in an address": ("mysql+pymysql:", f"//ada:{LETTERS[:16]}@db.example.com/x"),
}


class Repository:
    """A repository of git in a folder, with one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("harmless", "Begin")

    def git(self, *words: str) -> None:
        identity = ("-c", "user.name=Ada King", "-c", "user.email=ada@example.com")
        subprocess.run(
            ["git", *identity, *words], cwd=self.folder, check=True, timeout=30, capture_output=True
        )

    def commit(self, text: str, message: str) -> None:
        (self.folder / "notes.txt").write_text(text, encoding="utf-8")
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def found(self) -> set[tuple[str, str]]:
        return {(finding.kind, finding.path) for finding in findings(self.folder)}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_the_history_of_this_repository_holds_no_secret() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: there is no history to search")
    if is_shallow(ROOT):
        pytest.skip("this is a shallow clone: its history is not here")
    assert list(findings(ROOT)) == []


def test_what_was_deleted_long_ago_is_still_found(repository: Repository) -> None:
    for kind, parts in PLANTED.items():
        repository.commit("".join(parts), f"Add {kind}")
    repository.commit("harmless", "Delete it")
    assert repository.found() == {(kind, "notes.txt") for kind in FORMS}


@pytest.mark.parametrize("place", ["message", "branch", "tag"])
def test_it_is_found_wherever_git_keeps_it(repository: Repository, place: str) -> None:
    kind = "a token of GitHub"
    planted = "".join(PLANTED[kind])
    if place == "message":
        repository.commit("harmless", f"Log in with {planted}")
    elif place == "branch":
        repository.git("switch", "--quiet", "--create", "other")
        repository.commit(planted, "Try")
        repository.git("switch", "--quiet", "main")
    else:
        repository.git("tag", "--annotate", "v1", "--message", planted)
    where = "notes.txt" if place == "branch" else "a commit or tag"
    assert {(name, path.removesuffix("v1")) for name, path in repository.found()} <= {
        (kind, where),
        (kind, ""),
    }
    assert len(repository.found()) == 1


def test_it_says_where_and_never_what(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = "".join(PLANTED["a token of GitHub"])
    assert main(repository.folder) == 0
    repository.commit(planted, "Try")
    assert main(repository.folder) == 1
    said = capsys.readouterr().out
    assert planted not in said
    command = re.search(r"git (log --all --find-object=[0-9a-f]{40})", said)
    assert command
    repository.git(*command[1].split())


def test_a_shallow_clone_is_not_taken_for_a_clean_one(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit("harmless still", "Go on")
    shallow = tmp_path / "shallow"
    address = repository.folder.as_uri()
    repository.git("clone", "--quiet", "--depth=1", address, str(shallow))
    assert main(shallow) == 3
    assert "not searched" in capsys.readouterr().out
