"""`iargus serve` refuses before it does anything where it could not serve."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from iargus.cli.main import app


def test_another_folder_is_refused_in_one_line_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api.py").touch()
    found = CliRunner().invoke(app, ["serve"])
    assert "no gunicorn.conf.py" in str(found.exception)
    assert list(tmp_path.iterdir()) == [tmp_path / "api.py"]
