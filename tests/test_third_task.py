"""A third task, with the file and the block of docs/tutorial/your-own-task.md, word for word."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.services.gunicorn import ROOT, Gunicorn

ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}


def block(language: str, containing: str) -> str:
    """The code block of docs/tutorial/your-own-task.md in this language that holds these words."""
    text = (ROOT / "docs" / "tutorial" / "your-own-task.md").read_text(encoding="utf-8")
    (found,) = [
        code
        for code in re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)
        if containing in code
    ]
    return str(found)


def write_rents(path: Path) -> None:
    """Rents of sixteen months up to 2026-10; in the last one they rise by a half."""
    dice = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["city", "area_m2", "label", "observed_at"])
        for month in range(16):
            year, number = divmod(6 + month, 12)
            for _ in range(120):
                city = dice.choice(["Lyon", "Lille", "Brest"])
                area = dice.uniform(20, 120)
                rent = (200 + 12 * area + 150 * (city == "Lyon")) * dice.gauss(1, 0.05)
                day = f"{2025 + year}-{number + 1:02}-{dice.randint(1, 28):02}"
                writer.writerow(
                    [city, f"{area:.1f}", f"{rent * (1.5 if month == 15 else 1):.2f}", day]
                )


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    company = tmp_path / "my_company"
    company.mkdir()
    (company / "rent.py").write_text(block("python", "class Rent(Task)"), encoding="utf-8")
    (tmp_path / "config.yml").write_text(block("yaml", "my_company.rent:Rent"), encoding="utf-8")
    write_rents(tmp_path / "rents.csv")
    return {
        "IARGUS_VAR": str(tmp_path / "var"),
        "IARGUS_CONFIG": str(tmp_path / "config.yml"),
        "PYTHONPATH": str(tmp_path),
    }


def iargus(*arguments: str, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "iargus", *arguments],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_file_and_one_block_are_imported_trained_served_and_monitored(
    environ: dict[str, str], tmp_path: Path
) -> None:
    iargus("db", "upgrade", environ=environ)
    rents = str(tmp_path / "rents.csv")
    assert "1,920" in iargus("import", "examples", rents, "--task", "rent", environ=environ)
    iargus("train", "rent", "--until", "2026-10-01", environ=environ)

    (outcome,) = json.loads(
        iargus(*("monitor", "--task", "rent", "--as-of", "2026-11-01", "--json"), environ=environ)
    )["tasks"]
    assert outcome["task"] == "rent"
    assert outcome["status"] == "breach"
    assert outcome["retraining"]["decision"] == "promote"
    assert outcome["serving_version"] == "2"

    # The two other tasks have no model here, so the service is live, but not ready.
    server = Gunicorn(environ, tmp_path / "log", workers=1, until="/live")
    try:
        server.start()
        token = httpx2.post(f"{server.url}/get_token", json=ADA, timeout=30).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        flat = {"city": "Lyon", "area_m2": 52}

        def ask() -> httpx2.Response:
            return httpx2.post(f"{server.url}/rent", json=flat, headers=headers, timeout=30)

        server.wait_for(lambda: ask().status_code == 200, "the champion is placed and loaded")
        answer = ask()
        assert answer.status_code == 200, answer.text
        assert 900 < answer.json()["rent_eur"] < 1_600
        body = {"flats": [flat, flat | {"area_m2": 80}]}
        batch = httpx2.post(f"{server.url}/rent/batch", json=body, headers=headers, timeout=30)
        first, second = (entry["rent_eur"] for entry in batch.json()["predictions"])
        assert first == answer.json()["rent_eur"] < second
        wrong = httpx2.post(
            f"{server.url}/rent", json=flat | {"area_m2": -1}, headers=headers, timeout=30
        )
        assert wrong.json()["label"] == "AREA_M2_TOO_SMALL"
        truth = {"prediction_id": answer.json()["prediction_id"], "label": 1_000}
        label = httpx2.post(f"{server.url}/feedback", json=truth, headers=headers, timeout=30)
        assert label.status_code == 202
        assert "/rent" in httpx2.get(f"{server.url}/openapi.json").json()["paths"]
    finally:
        server.stop()
