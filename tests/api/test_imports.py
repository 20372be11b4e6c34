"""A worker that serves bundles imports neither what trained them nor what stores them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.api.application import ADA

HEAVY = ("sklearn", "scipy", "pandas", "pyarrow", "joblib", "skops", "mlflow", "matplotlib")
CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}

SERVE = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from iargus.settings import Environment, Policy, Settings
from iargus.api.app import create_app
from iargus.api.container import Services

ada, car, var_dir = json.loads(sys.argv[1])
settings = Settings(Environment.read({"IARGUS_VAR": var_dir}), Policy())
with TestClient(create_app(Services(settings, follow_registry=False))) as client:
    assert client.get("/ready").status_code == 200, client.get("/ready").text
    token = client.post("/get_token", json=ada).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    answers = [
        client.post("/predict", json=car),
        client.post("/predict/batch", json={"cars": [car, car]}),
        client.post("/intent", json={"text": "how much is my car worth"}),
        client.post("/intent", json={"text": "how much is my car worth " * 100}),
        client.get("/api/intent", params={"sentence": "how much is my car worth"}),
    ]
    for answer, label in zip(answers[::2], (14_950, "other")):
        truth = {"prediction_id": answer.json()["prediction_id"], "label": label}
        assert client.post("/feedback", json=truth).status_code == 202
assert [answer.status_code for answer in answers] == [200] * 5, [each.text for each in answers]
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_answers_come_without_scikit_learn_pandas_and_mlflow(
    tmp_path: Path, empty_var: Path, placed: Path
) -> None:
    var_dir = tmp_path / "var"
    shutil.copytree(empty_var, var_dir)
    shutil.copytree(placed, var_dir / "models")
    arguments = json.dumps([ADA, CAR, str(var_dir)])
    done = subprocess.run(
        [sys.executable, "-c", SERVE, arguments], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert not set(HEAVY) & set(json.loads(done.stdout))
