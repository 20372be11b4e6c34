"""A further number of a car is declared in one folder; what stores, imports or compares follows."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iargus.tasks.car_price.columns import FEATURES, NAMES, NUMBERS
from iargus.tasks.car_price.schemas import EXAMPLE, Car

ROOT = Path(__file__).parents[2]
# The columns of a file and what is simulated are facts of their own; the schema is beside the rule.
MAY_NAME = (
    "iargus/tasks/car_price/",
    "iargus/storage/schema.py",
    "iargus/storage/migrations/",
    "iargus/training/importers/cars.py",
    "iargus/training/simulator/",
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `further_number` saw, in a process of its own: it changes modules before others load."""
    folder = tmp_path_factory.mktemp("further")
    program = [sys.executable, "-m", "tests.tasks.further_number", str(folder)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_price_depends_on_it_in_the_estimator_and_its_bundle(seen: dict[str, Any]) -> None:
    assert 1.2 * seen["small"] < seen["large"]
    assert seen["small"] < seen["unknown"] < seen["large"]


def test_it_is_recorded_stored_imported_and_compared(seen: dict[str, Any]) -> None:
    assert seen["payload"]["engine_litres"] == 2.0
    assert "engine_litres" in seen["schema"]
    assert 0.85 < seen["stored"] < 0.95
    assert seen["imported"] == "2.5"
    assert "engine_litres" in seen["drift"]
    assert {type(value) for value in seen["canaries"]} == {float, type(None)}


def test_a_version_from_before_still_answers(seen: dict[str, Any]) -> None:
    assert seen["earlier"] > 0


def test_a_field_of_the_input_is_a_column() -> None:
    assert set(Car.model_fields) == {*FEATURES, "mileage_unit"}
    assert list(EXAMPLE) == [name for name in FEATURES if name in EXAMPLE]
    assert {*NAMES, *NUMBERS} <= set(EXAMPLE)


def test_no_other_module_names_a_number_of_a_car() -> None:
    modules = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("iargus/**/*.py"))
    found = [
        module
        for module in modules
        if not module.startswith(MAY_NAME) and _names_mileage(ROOT / module)
    ]
    assert found == []


def _names_mileage(path: Path) -> bool:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.Constant) and node.value == "mileage" for node in nodes)
