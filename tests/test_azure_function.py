"""The Functions timer, with a stand-in for the library that only the Functions host has."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "deploy" / "azure-function"
FIELDS = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


class FunctionApp:
    """Keeps what the decorator was given."""

    def __init__(self) -> None:
        self.triggers: list[dict[str, Any]] = []

    def timer_trigger(self, **options: Any) -> Callable[[Any], Any]:
        self.triggers.append(options)
        return lambda function: function


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    functions = ModuleType("azure.functions")
    functions.FunctionApp = FunctionApp  # type: ignore[attr-defined]
    functions.TimerRequest = SimpleNamespace  # type: ignore[attr-defined]
    azure = ModuleType("azure")
    azure.functions = functions  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "azure", azure)
    monkeypatch.setitem(sys.modules, "azure.functions", functions)
    spec = importlib.util.spec_from_file_location("function_app", FOLDER / "function_app.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def program(tmp_path: Path, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of the real one."""
    path = tmp_path / "model_monitoring.py"
    monkeypatch.setattr(module, "PROGRAM", path)
    return path


def test_there_is_one_trigger_once_a_day_with_six_fields(module: ModuleType) -> None:
    (trigger,) = module.app.triggers
    fields = trigger["schedule"].split()
    assert len(fields) == 6
    for field, (lowest, highest) in zip(fields[:3], FIELDS[:3], strict=True):
        assert lowest <= int(field) <= highest
    assert fields[3:] == ["*", "*", "*"]
    assert trigger["run_on_startup"] is False
    assert trigger["arg_name"] == "timer"


def test_it_starts_the_program_that_is_deployed_beside_it(module: ModuleType) -> None:
    assert module.PROGRAM == FOLDER / "model_monitoring.py"
    assert (ROOT / "model_monitoring.py").is_file()


def test_the_run_sees_the_packages_of_the_host_and_its_output_is_logged(
    module: ModuleType,
    program: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    packages = program.parent / "packages"
    packages.mkdir()
    (packages / "only_the_host_knows.py").write_text("WORD = 'Grüße'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(packages)
    program.write_text(
        "import only_the_host_knows, os, sys\n"
        "print(only_the_host_knows.WORD, sys.argv[1:], os.getcwd())\n"
        "print('to stderr', file=sys.stderr)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    with caplog.at_level(logging.INFO):
        module.monthly_monitoring(SimpleNamespace(past_due=True))
    assert f"Grüße ['--json'] {program.parent.resolve()}" in caplog.messages
    assert "to stderr" in caplog.messages
    assert any("late" in message for message in caplog.messages)


def test_a_run_that_fails_fails_the_function(module: ModuleType, program: Path) -> None:
    program.write_text("raise SystemExit(1)\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="status 1"):
        module.monthly_monitoring(SimpleNamespace(past_due=False))


def test_the_host_gives_the_run_time_and_nothing_else_is_configured() -> None:
    host = json.loads((FOLDER / "host.json").read_text(encoding="utf-8"))
    assert host["version"] == "2.0"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", host["functionTimeout"])


def test_its_requirement_is_pinned_with_a_hash() -> None:
    text = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    assert len(lines) == 1
    assert re.fullmatch(r"azure-functions==[\d.]+\s+--hash=sha256:[0-9a-f]{64}", lines[0].strip())


def test_cron_runs_once_a_day_in_five_fields_as_a_user_of_its_own() -> None:
    text = (ROOT / "deploy" / "cron" / "iargus.cron").read_text(encoding="utf-8")
    (entry,) = [line for line in text.splitlines() if re.match(r"[\d*]", line)]
    minute, hour, day, month, weekday, user, command = entry.split(maxsplit=6)
    assert 0 <= int(minute) <= 59
    assert 0 <= int(hour) <= 23
    assert (day, month, weekday, user) == ("*", "*", "*", "iargus")
    assert "model_monitoring.py" in command
    assert "%" not in command, "cron reads a % as the end of the line"
