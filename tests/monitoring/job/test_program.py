"""`python model_monitoring.py` as people and schedulers start it, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iargus.storage.database import LABELLED
from tests.monitoring.conftest import World, noise_rows
from tests.services.smtp_server import LOGIN, PASSWORD, LocalMailServer
from tests.toy_tasks import rent_rows

ROOT = Path(__file__).parents[3]


class Program:
    """The world's settings as a config.yml and an environment, and processes that read them."""

    def __init__(self, world: World) -> None:
        self.environ = {
            **{name: value for name, value in os.environ.items() if name not in _NAMES},
            "IARGUS_VAR": str(world.settings.var_dir),
            "IARGUS_CONFIG": str(world.settings.var_dir / "config.yml"),
            "MLFLOW_HOST": world.settings.mlflow_uri,
        }
        blocks = [
            f"  {task.name}: {json.dumps(task.policy.model_dump())}"
            for task in (world.rent, world.mood)
        ]
        (world.settings.var_dir / "config.yml").write_text("\n".join(["tasks:", *blocks]))

    def run(self, *arguments: str, code: int) -> subprocess.CompletedProcess[str]:
        """Run model_monitoring.py, or another module given by `-m`."""
        script = () if arguments[0] == "-m" else ("model_monitoring.py",)
        command = [sys.executable, *script, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done


_NAMES = {
    name
    for name in os.environ
    if name.startswith(("IARGUS_", "MYSQL_", "SMTP_", "MLFLOW_"))
    and name != "IARGUS_REQUIRE_SERVICES"
}


@pytest.fixture
def program(world: World) -> Program:
    return Program(world)


def test_from_a_breach_to_the_mail_and_not_due_the_second_time(
    world: World, program: Program, mail_server: LocalMailServer
) -> None:
    world.add(world.rent, noise_rows(100), month="2026-02")
    name = world.rent.name
    program.environ |= {
        "SMTP_SERVER": mail_server.host,
        "SMTP_PORT": str(mail_server.port),
        "SMTP_LOGIN": LOGIN,
        "SMTP_PWD": PASSWORD,
        "SMTP_RECIPIENT": "one@example.org, two@example.org",
        "SSL_CERT_FILE": str(mail_server.certificates.authority),
    }
    arguments = ("--as-of", "2026-03-01", "--task", name)
    first = program.run(*arguments, "--json", code=0)
    document = json.loads(first.stdout)
    assert document["tasks"][0]["status"] == "breach"
    assert document["delivery"]["sent"] == 1
    assert "scoring with version 1: 100 rows" in first.stderr
    [received] = mail_server.received
    assert received.recipients == ("one@example.org", "two@example.org")
    assert PASSWORD not in first.stdout + first.stderr

    second = program.run(*arguments, code=0)
    assert f"{name}: not due." in second.stdout
    listed = program.run("-m", "iargus", "outbox", "list", "--json", code=0)
    assert [mail["attempts"] for mail in json.loads(listed.stdout)] == [1]

    shown = program.run("history", name, code=0).stdout
    assert "breach not fixed” sent" in shown
    [remembered] = json.loads(program.run("history", name, "--json", code=0).stdout)
    assert remembered["sentence"] == document["tasks"][0]["sentence"]
    explained = program.run("explain", name, "last", code=0).stdout
    assert remembered["sentence"] in explained
    assert "“breach not fixed” was sent" in explained
    page = program.run("explain", name, "2026-02", "--html", "-", code=0).stdout
    assert name in page


def test_wrong_usage_is_2(program: Program) -> None:
    assert "has not come yet" in program.run("--as-of", "9999-01-01", code=2).stderr
    assert "no task is called 'nobody'" in program.run("--task", "nobody", code=2).stderr
    assert "No such command 'nothing'" in program.run("nothing", code=2).stderr


def test_run_may_be_spelt_out(world: World, program: Program) -> None:
    world.add(world.rent, rent_rows(100), month="2026-02")
    arguments = ("--as-of", "2026-03-01", "--task", world.rent.name, "--dry-run", "--json")

    documents = [json.loads(program.run(*arguments, code=0).stdout)]
    documents.append(json.loads(program.run("run", *arguments, code=0).stdout))

    assert documents[0] == documents[1]
    assert documents[0]["tasks"][0]["status"] == "healthy"


def test_a_task_that_cannot_be_judged_is_1(world: World, program: Program) -> None:
    world.add(world.rent, rent_rows(100), month="2026-02")
    done = program.run("--as-of", "2026-03-01", code=1)
    assert f"{world.rent.name}: healthy." in done.stdout
    assert f"iargus train {world.mood.name}" in done.stdout
    for line in done.stderr.splitlines():
        assert line[:4].isdigit(), "one line per event, each with its time"


def test_a_database_without_tables_is_1_and_one_line(tmp_path: Path, program: Program) -> None:
    program.environ["IARGUS_VAR"] = str(tmp_path / "empty")
    done = program.run("--as-of", "2026-03-01", code=1)
    assert done.stderr.startswith(f"iargus: the database {LABELLED}: ")
    assert "empty/iargus.db is not there; `iargus setup`" in done.stderr
    assert len(done.stderr.splitlines()) == 1
