"""Runs `iargus` inside the test's process, as its `main` does for a user."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from iargus.cli.main import main


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("db", "upgrade")` with SQLite under `tmp_path/var`, an empty config.yml, and wide
    tables; variables that tests set with monkeypatch count."""
    for name in ("MYSQL_HOST", "MLFLOW_HOST", "SMTP_SERVER", "IARGUS_JWT_KEYS", "IARGUS_ENV"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "config.yml"
    config.write_text("{}\n")
    monkeypatch.setenv("IARGUS_CONFIG", str(config))
    monkeypatch.setenv("IARGUS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")

    def run_iargus(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["iargus", *(str(each) for each in arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        status = caught.value.code
        written = capsys.readouterr()
        return Outcome(status if isinstance(status, int) else 0, written.out, written.err)

    return run_iargus
