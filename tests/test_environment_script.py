"""`scripts/environment.py`: a virtual environment is whole, or known not to be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "environment.py"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("")
    return tmp_path


def start(place: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), ".venv", "installed", "requirements.txt"]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def install(place: Path) -> str:
    process = start(place)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert works(place)
    return said


def works(place: Path) -> bool:
    pip = [str(place / ".venv" / "bin" / "python"), "-m", "pip", "--version"]
    return subprocess.run(pip, capture_output=True).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_environment_that_was_cut_off_is_made_anew(place: Path, number: int) -> None:
    process = start(place)
    # pip is being unpacked: there is a python that looks whole and is not.
    pip = place / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "pip"
    while not pip.exists():
        assert process.poll() is None
        time.sleep(0.002)
    os.killpg(process.pid, number)
    process.communicate()
    assert not (place / ".venv" / "installed").exists()

    assert "made again" in install(place)
    assert install(place) == ""


def test_one_that_an_earlier_release_has_left_without_its_mark_is_made_anew(place: Path) -> None:
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / ".venv" / "bin" / "python").symlink_to(sys.executable)
    assert "made again" in install(place)


def test_of_two_that_start_together_one_installs_and_the_other_waits(place: Path) -> None:
    processes = [start(place), start(place)]
    said = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum("Making the virtual environment" in words for words in said) == 1
    assert works(place)


def test_a_lock_that_changed_takes_the_mark_away_until_all_is_installed(place: Path) -> None:
    install(place)
    (place / "requirements.txt").write_text("nothing @ file:///nowhere --hash=sha256:00\n")
    os.utime(place / "requirements.txt", (time.time() + 5, time.time() + 5))
    process = start(place)
    process.communicate(timeout=300)
    assert process.returncode != 0
    assert not (place / ".venv" / "installed").exists()
    (place / "requirements.txt").write_text("")
    assert "made again" in install(place)
