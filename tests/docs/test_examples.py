"""The examples of the documentation are run: shell, Python, and blocks of `config.yml`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from iargus.settings import Policy
from tests.docs.blocks import PAGES, ROOT, blocks, ids, matches, with_outputs
from tests.services.gunicorn import Gunicorn
from tests.test_end_to_end import prepared_var

__all__ = ["prepared_var"]

SERVED = ROOT / "docs" / "tutorial" / "first-prediction.md"
BETWEEN = "\x1e"
LONGEST_S = 900


def pages(language: str) -> list[Path]:
    return [
        page
        for page in PAGES
        if any(block.runs and block.language == language for block in blocks(page))
    ]


def run_shell(page: Path, environ: dict[str, str], folder: Path) -> None:
    """Run the blocks of a page in one shell, and compare what they print with what is shown."""
    found = [pair for pair in with_outputs(page) if pair[0].language == "sh"]
    script = f"printf '{BETWEEN}'\n".join(block.code for block, _ in found)
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": binaries} | environ,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    outputs = done.stdout.split(BETWEEN)
    last = found[len(outputs) - 1][0]
    assert done.returncode == 0, f"{ids(page)}:{last.line}\n{done.stdout}\n{done.stderr}"
    for (block, shown), output in zip(found, outputs, strict=True):
        if shown is not None:
            assert matches(shown.code, output), f"{ids(page)}:{block.line} printed {output!r}"


def test_a_first_prediction(prepared_var: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared_var, tmp_path / "var")
    environ = {"IARGUS_VAR": str(tmp_path / "var")}
    with Gunicorn(environ, tmp_path / "log") as server:
        run_shell(SERVED, environ | {"BASE": server.url}, tmp_path)


@pytest.mark.parametrize("page", [page for page in pages("sh") if page != SERVED], ids=ids)
def test_commands_do_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    # Everything as it comes, but for the rows on which a compiled form is compared: the tests of
    # compilation take care of those.
    policy = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for task in policy["tasks"].values():
        task["parity_rows"] = 2_000
    config = tmp_path / "config.yml"
    config.write_text(yaml.safe_dump(policy), encoding="utf-8")
    environ = {"IARGUS_VAR": str(tmp_path / "var"), "IARGUS_CONFIG": str(config)}
    run_shell(page, environ, tmp_path)


@pytest.mark.parametrize("page", pages("python"), ids=ids)
def test_python_prints_what_the_page_shows(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "page"}
    for block, shown in with_outputs(page):
        if block.language == "python":
            # The page's own lines, so that a traceback shows where it went wrong.
            source = "\n" * block.line + block.code
            exec(compile(source, str(page), "exec"), names)
            printed = capsys.readouterr().out
            assert shown is None or matches(shown.code, printed), printed


CONFIGURED = [
    block
    for page in PAGES
    for block in blocks(page)
    if block.language == "yaml"
    and isinstance(settings := yaml.safe_load(block.code), dict)
    and set(settings) & set(Policy.model_fields)
]


@pytest.mark.parametrize("block", CONFIGURED, ids=lambda block: f"{ids(block.page)}:{block.line}")
def test_every_block_of_config_yml_is_valid(block: object) -> None:
    Policy.model_validate(yaml.safe_load(block.code))  # type: ignore[attr-defined]


def test_there_are_examples() -> None:
    assert SERVED in pages("sh")
    assert len(pages("sh")) >= 2
    assert len(CONFIGURED) >= 5


@pytest.mark.parametrize(
    ("shown", "printed", "is_so"),
    [
        ('{"a":1}', '{"a":1}\n', True),
        ('{"a":1}', '{"a":2}\n', False),
        ('{"a":…,"b":2}', '{"a":17,"b":2}', True),
        ('{"a":…,"b":2}', '{"a":17,"c":2}', False),
    ],
)
def test_what_is_shown_is_compared(shown: str, printed: str, is_so: bool) -> None:
    assert matches(shown, printed) is is_so
