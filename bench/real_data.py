"""Three months on real data: `python -m bench.real_data FOLDER`.

FOLDER holds vehicles_us.csv, idiwii_train.json and atis_train.tsv. A real MariaDB, a real
`mlflow server` and a real SMTP server are started in a folder of their own; then the commands
that docs/explanation/real-data.md shows are run one after the other, and printed with what they
said.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.services.certificates import make_certificates
from tests.services.gunicorn import ROOT, Gunicorn
from tests.services.mariadb import MariaDB
from tests.services.mlflow_server import MlflowServer
from tests.services.require import require_program
from tests.services.smtp_server import LOGIN, PASSWORD, LocalMailServer

CONFIG = """\
tasks:
  car_price: {kind: car_price, path: /predict, threshold: 0.20}
  intent: {kind: text_intent, path: /intent, threshold: 0.20}
  flight_intent: {kind: text_intent, path: /flight-intent, threshold: 0.10}
"""


class Walk:
    """Runs commands as a person would, and prints both sides."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = os.environ | environ | {"COLUMNS": "110"}

    def __call__(self, *arguments: str) -> str:
        shown = " ".join(Path(word).name if os.sep in word else word for word in arguments)
        print(f"\n$ iargus {shown}", flush=True)
        begun_s = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "iargus", *arguments],
            cwd=ROOT,
            env=self._environ,
            check=False,
            capture_output=True,
            text=True,
        )
        print(done.stdout.rstrip())
        problems = [line for line in done.stderr.splitlines() if " INFO " not in line]
        print("\n".join(problems[-8:]))
        print(f"(exit status {done.returncode}, {time.monotonic() - begun_s:.1f} s)", flush=True)
        return done.stdout


def split_by_month(source: Path, folder: Path) -> None:
    """history.csv up to the end of 2018-10, then one file a month, as they would have come."""
    writers = {}
    with ExitStack() as files, source.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        column = header.index("date_posted")
        for row in rows:
            month = row[column][:7]
            name = "history" if month <= "2018-10" else month
            if name not in writers:
                target = files.enter_context((folder / f"{name}.csv").open("w", newline=""))
                writers[name] = csv.writer(target)
                writers[name].writerow(header)
            writers[name].writerow(row)


def ask(url: str) -> None:
    """A token, and one request to each task."""
    holder = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
    token = httpx2.post(f"{url}/get_token", json=holder, timeout=30).json()["token"]
    questions = [
        ("/predict", {"make": "ford", "model": "f-150", "year": 2014, "mileage": 90_000}),
        ("/intent", {"text": "un hôtel pas cher à Lyon pour ce week-end"}),
        ("/flight-intent", {"text": "cheapest fare from boston to denver"}),
    ]
    for path, body in questions:
        answer = httpx2.post(
            url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        print(f"\nPOST {path} {json.dumps(body, ensure_ascii=False)}\n{answer.text}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the real data")
    data = parser.parse_args().folder
    with ExitStack() as life:
        folder = Path(life.enter_context(tempfile.TemporaryDirectory(prefix="real")))
        database = MariaDB(
            folder / "mariadb",
            install=require_program("mariadb-install-db"),
            server=require_program("mariadbd"),
        )
        (folder / "mariadb").mkdir()
        database.start()
        life.callback(database.stop)
        database.reset()
        registry = MlflowServer(folder / "mlflow")
        registry.start()
        life.callback(registry.stop)
        (folder / "tls").mkdir()
        certificates = make_certificates(folder / "tls")
        mail = LocalMailServer("starttls", certificates)
        mail.start()
        life.callback(mail.stop)
        (folder / "config.yml").write_text(CONFIG)
        split_by_month(data / "vehicles_us.csv", folder)

        environ = database.environ() | {
            "MLFLOW_HOST": registry.url,
            "IARGUS_CONFIG": str(folder / "config.yml"),
            "IARGUS_VAR": str(folder / "var"),
            "SMTP_SERVER": mail.host,
            "SMTP_PORT": str(mail.port),
            "SMTP_LOGIN": LOGIN,
            "SMTP_PWD": PASSWORD,
            "SMTP_RECIPIENT": "ada@example.org,grace@example.org",
            "SSL_CERT_FILE": str(certificates.authority),
        }
        iargus = Walk(environ)
        iargus("db", "upgrade")
        iargus("import", "cars", str(folder / "history.csv"), "--preset", "vehicles-us")
        iargus("import", "cars", str(folder / "history.csv"), "--preset", "vehicles-us")
        french, english = str(data / "idiwii_train.json"), str(data / "atis_train.tsv")
        iargus("import", "examples", french, "--task", "intent", "--observed-at", "2018-10-01")
        iargus(
            *("import", "examples", english, "--task", "flight_intent"),
            *("--observed-at", "2018-10-01"),
        )
        for task in ("car_price", "intent", "flight_intent"):
            iargus("train", task)
        iargus("sync", "--once")
        with Gunicorn(environ, folder / "gunicorn.log") as server:
            ask(server.url)
        for month, as_of in (
            ("2018-11", "2018-12-01"),
            ("2018-12", "2019-01-01"),
            ("2019-01", "2019-02-01"),
        ):
            iargus("import", "cars", str(folder / f"{month}.csv"), "--preset", "vehicles-us")
            iargus("monitor", "--task", "car_price", "--as-of", as_of)
        iargus("monitor", "--task", "car_price", "--as-of", "2019-02-01")
        iargus("models", "list")
        iargus("doctor")
        print(f"\nThe mail server received {len(mail.received)} messages:")
        for received in mail.received:
            print(f"  to {', '.join(received.recipients)}: {received.message['Subject']}")
        if mail.received:
            body = mail.received[-1].message.get_body(("plain",))
            assert body is not None
            print("\n" + body.get_content())


if __name__ == "__main__":
    main()
