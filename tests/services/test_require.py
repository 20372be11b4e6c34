"""Absent programs skip tests, unless everything must be there."""

from __future__ import annotations

import pytest

from tests.services.require import require_program


def test_gives_the_path_of_a_program() -> None:
    assert require_program("sh").name == "sh"


def test_skips_without_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IARGUS_REQUIRE_SERVICES", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        require_program("no-such-program")
    assert "no-such-program is not installed" in capsys.readouterr().out


def test_fails_without_it_where_it_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IARGUS_REQUIRE_SERVICES", "1")

    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        require_program("no-such-program")
