"""The files of four schedulers, and systemd's: one command, every day, no secret, status kept.

What can be run here is run: cron's line and the workflow's scripts, by the shell that their
schedulers use. tests/test_azure_function.py has the timer.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from iargus.clock import utc_now
from iargus.settings.tasks import MonitoringPolicy

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CRON = DEPLOY / "cron" / "iargus.cron"
FUNCTION = DEPLOY / "azure-function" / "function_app.py"
HOST = DEPLOY / "azure-function" / "host.json"
BICEP = DEPLOY / "container-apps-job" / "job.bicep"
IMAGE = DEPLOY / "container-apps-job" / "Dockerfile"
SERVICE = DEPLOY / "systemd" / "iargus-monitoring.service"
TIMER = DEPLOY / "systemd" / "iargus-monitoring.timer"
WORKFLOW = ROOT / ".github" / "workflows" / "monitoring.yml"
PAGE = ROOT / "docs" / "how-to" / "scheduling.md"

COMMAND = "python model_monitoring.py"
SECRET = re.compile(r"PWD|PASSWORD|KEYS?$|TOKEN")
# MLflow's client reads these two itself.
OF_MLFLOW = {"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(read(path))
    return parsed


def workflow() -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(read(WORKFLOW))
    return document


def job() -> dict[str, Any]:
    found: dict[str, Any] = workflow()["jobs"]["monitoring"]
    return found


def script(name: str) -> str:
    [step] = [step for step in job()["steps"] if step.get("name") == name]
    run: str = step["run"]
    return run


def cron_entry() -> list[str]:
    """Minute, hour, day, month, weekday, user, command."""
    [entry] = [line for line in read(CRON).splitlines() if re.match(r"[\d*]", line)]
    return entry.split(maxsplit=6)


def bicep_environment() -> dict[str, str]:
    """Name to `value` or `secretRef`, and what it is set to."""
    pattern = r"\{ name: '([A-Z_]+)', ((?:value|secretRef): .+) \}"
    return dict(re.findall(pattern, read(BICEP)))


def known_names() -> set[str]:
    """The variables that `Environment.read` looks at."""
    source = read(ROOT / "iargus" / "settings" / "environment.py")
    return set(re.findall(r'"((?:IARGUS|MYSQL|MLFLOW|SMTP)_[A-Z_]*[A-Z])"', source))


# --- what holds for all of them


def test_all_start_the_same_command() -> None:
    assert f"{{ .venv/bin/{COMMAND} 2>&1 |" in cron_entry()[6]
    assert unit(SERVICE)["Service"]["ExecStart"].endswith(f"/{COMMAND}")
    words = re.findall(r"command: \[\s+'(\w+)'\s+'([\w.]+)'\s+\]\s+args: \[\s+'(.+)'", read(BICEP))
    assert words == [(*COMMAND.split(), "--json")]
    start = re.search(r"^ENTRYPOINT (.+)\nCMD (.+)$", read(IMAGE), re.MULTILINE)
    assert start is not None
    assert [json.loads(part) for part in start.groups()] == [COMMAND.split(), ["--json"]]
    assert f'.venv/bin/{COMMAND} "${{options[@]}}"' in script(COMMAND)
    assert '[sys.executable, "-u", str(PROGRAM), "--json"]' in read(FUNCTION)


def test_all_start_it_every_day_at_the_same_time() -> None:
    [bicep] = re.findall(r"param cronExpression string = '(.+)'", read(BICEP))
    [github] = [each["cron"] for each in workflow()[True]["schedule"]]
    [function] = re.findall(r'SCHEDULE = "(.+?)"', read(FUNCTION))
    five = "15 3 * * *"
    assert [bicep, github, " ".join(cron_entry()[:5])] == [five] * 3
    assert function == f"0 {five}"  # seconds first
    assert unit(TIMER)["Timer"]["OnCalendar"] == "*-*-* 03:15:00 UTC"


@pytest.mark.parametrize(
    "path", [FUNCTION, BICEP, TIMER, WORKFLOW, CRON], ids=lambda path: path.name
)
def test_each_says_its_zone(path: Path) -> None:
    assert "UTC" in read(path)


def test_a_run_that_is_cut_off_leaves_no_lock_for_the_next_day() -> None:
    """Every limit is shorter than the lock's, and both together shorter than a day."""
    lock_s = MonitoringPolicy().lock_timeout_s
    hours, minutes, seconds = json.loads(read(HOST))["functionTimeout"].split(":")
    [replica] = re.findall(r"replicaTimeout: (\d+)", read(BICEP))
    assert unit(SERVICE)["Service"]["TimeoutStartSec"] == "2h"
    limits_s = {
        "function": int(hours) * 3600 + int(minutes) * 60 + int(seconds),
        "container": int(replica),
        "workflow": job()["timeout-minutes"] * 60,
        "systemd": 2 * 3600,
    }
    assert {name for name, limit in limits_s.items() if limit >= lock_s} == set()
    assert max(limits_s.values()) + lock_s < 24 * 3600


def test_every_variable_is_one_that_the_program_reads() -> None:
    known = known_names() | OF_MLFLOW
    assert {"MYSQL_HOST", "SMTP_RECIPIENT", "IARGUS_VAR"} <= known
    assert bicep_environment().keys() <= known
    assert job()["env"].keys() <= known
    assert set(re.findall(r"^ENV ([A-Z_]+)=", read(IMAGE), re.MULTILINE)) <= known


def test_every_server_that_the_run_needs_is_named() -> None:
    servers = {"MYSQL_HOST", "MYSQL_USER", "MYSQL_PWD", "MYSQL_SSL_CA", "MLFLOW_HOST", *OF_MLFLOW}
    servers |= {"SMTP_SERVER", "SMTP_PORT", "SMTP_LOGIN", "SMTP_PWD", "SMTP_RECIPIENT"}
    assert servers <= bicep_environment().keys()
    assert servers <= job()["env"].keys()


def test_no_secret_is_a_literal() -> None:
    for name, value in bicep_environment().items():
        assert value.startswith("secretRef:" if SECRET.search(name) else "value:"), name
    for name, value in job()["env"].items():
        if SECRET.search(name):
            assert value == f"${{{{ secrets.{name} }}}}"
        else:
            assert "secrets." not in value, name
    for path in (*DEPLOY.rglob("*"), WORKFLOW):
        if path.is_file() and "__pycache__" not in path.parts:
            assert not re.search(r"(PWD|PASSWORD)\s*=\s*['\"]?\w", read(path)), path.name


# --- cron


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """What cron's line finds: a clone with its `.venv`, settings, and a journal to write to."""
    for folder in ("clone/.venv/bin", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "env").write_text("MYSQL_HOST=db.example.org\nMYSQL_PWD='a b$c\"d%'\n")
    program(tmp_path / "bin" / "logger", f'cat >> "{tmp_path}/journal"')
    (tmp_path / "journal").touch()
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def as_cron_does(machine: Path) -> subprocess.CompletedProcess[str]:
    command = cron_entry()[6].replace("/opt/iargus", f"{machine}/clone")
    return subprocess.run(
        ["/bin/bash", "-c", command.replace("/etc/iargus/env", f"{machine}/env")],
        # Nothing else: cron gives a job no more than this.
        env={"PATH": f"{machine}/bin:/usr/bin:/bin", "HOME": str(machine), "LOGNAME": "iargus"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("status", [0, 1, 2])
def test_cron_keeps_the_status_and_mails_only_failures(machine: Path, status: int) -> None:
    python = machine / "clone/.venv/bin/python"
    program(python, f'echo "$PWD $* $MYSQL_HOST $MYSQL_PWD"; echo error >&2; exit {status}')

    done = as_cron_does(machine)

    assert done.returncode == status
    logged = read(machine / "journal").splitlines()
    assert logged[0] == f'{machine}/clone model_monitoring.py db.example.org a b$c"d%'
    assert logged[1] == "error"
    # What is printed is what cron mails.
    mail = done.stdout + done.stderr
    assert mail == "" if status == 0 else f"ended with status {status}" in mail


@pytest.mark.parametrize("missing", ["env", "clone/.venv", "clone"])
def test_cron_mails_when_the_machine_is_not_as_expected(machine: Path, missing: str) -> None:
    program(machine / "clone/.venv/bin/python", "exit 0")
    (machine / missing).rename(machine / "elsewhere")

    done = as_cron_does(machine)

    assert done.returncode != 0
    assert done.stdout + done.stderr != ""


def test_cron_s_line_is_one_that_cron_takes() -> None:
    assert read(CRON).endswith("\n"), "cron passes over a last line without its end"
    assert "SHELL=/bin/bash" in read(CRON), "PIPESTATUS is bash's"
    assert len(cron_entry()[6]) < 998
    assert "%" not in cron_entry()[6], "cron reads a % as the end of the line"


# --- systemd


def test_systemd_makes_good_a_day_on_which_the_machine_was_off() -> None:
    assert unit(TIMER)["Timer"]["Persistent"] == "true"
    assert TIMER.stem == SERVICE.stem, "a timer starts the service of its name"
    service = unit(SERVICE)["Service"]
    assert (service["Type"], service["User"]) == ("oneshot", "iargus")
    assert service["EnvironmentFile"] == "/etc/iargus/env"


# --- Container Apps


def test_the_job_is_one_replica_with_limits() -> None:
    text = read(BICEP)
    for line in ("triggerType: 'Schedule'", "parallelism: 1", "replicaCompletionCount: 1"):
        assert text.count(line) == 1
    assert re.search(r"replicaRetryLimit: [0-3]\n", text)


def test_each_secret_of_the_job_comes_from_the_vault_by_its_identity() -> None:
    text = read(BICEP)
    declared = re.findall(
        r"name: '([\w-]+)'\s+keyVaultUrl: '\$\{vaultUri\}secrets/([\w-]+)'\s+identity: identityId",
        text,
    )
    assert all(name == in_vault for name, in_vault in declared)
    used = re.findall(r"secretRef: '([\w-]+)'", text)
    assert sorted(used) == sorted(name for name, _ in declared)
    assert not re.search(r"param \w*(pwd|password|secret)", text, re.IGNORECASE)


def test_the_definition_has_the_form_of_bicep() -> None:
    text = re.sub(r"//.*", "", re.sub(r"'(?:[^'\\\n]|\\.)*'", "''", read(BICEP)))
    for pair in ("{}", "[]", "()"):
        assert text.count(pair[0]) == text.count(pair[1]), pair
    assert "'" not in text.replace("''", ""), "a text without its end"
    declared = set(re.findall(r"^param (\w+)", text, re.MULTILINE))
    body = text[text.index("\nresource ") :]
    # Some are named only inside a text, as in '${vaultUri}secrets/smtp-pwd'.
    used = set(re.findall(r"\b\w+\b", body)) | set(re.findall(r"\$\{(\w+)\}", read(BICEP)))
    assert declared <= used, "a parameter that nobody reads"


def test_the_image_is_pinned_small_and_not_root_s() -> None:
    text = read(IMAGE)
    assert re.search(r"^FROM python:3\.\d+-slim-\w+$", text, re.MULTILINE)
    assert "--require-hashes" in text
    assert text.rindex("\nUSER ") > text.rindex("\nRUN ")
    assert re.search(r"^USER [1-9]\d*$", text, re.MULTILINE)
    for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


# --- GitHub


def test_a_fork_does_nothing_and_only_main_sees_the_secrets() -> None:
    assert "vars.IARGUS_MONITORING == 'enabled'" in job()["if"]
    assert "github.ref == 'refs/heads/main'" in job()["if"]
    assert job()["environment"] == "monitoring"


def test_a_run_on_github_is_alone_and_never_cut_off_by_another() -> None:
    assert workflow()["concurrency"] == {"group": "monitoring", "cancel-in-progress": False}


def test_it_can_be_started_by_hand_for_a_day_and_without_writing() -> None:
    inputs = workflow()[True]["workflow_dispatch"]["inputs"]
    assert set(inputs) == {"as_of", "dry_run"}
    assert inputs["dry_run"]["default"] is False


def test_reports_are_kept_also_after_a_failure() -> None:
    step = job()["steps"][-1]
    assert step["with"]["path"] == "var/reports"
    assert "!cancelled()" in step["if"]


def as_github_does(
    text: str, folder: Path, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("status", [0, 1, 2])
@pytest.mark.parametrize(
    ("as_of", "dry_run", "arguments"),
    [
        ("", "", ["--json"]),  # the schedule has no inputs
        ("", "false", ["--json"]),
        ("2026-12-01", "true", ["--json", "--as-of", "2026-12-01", "--dry-run"]),
        ("$(touch taken)", "false", ["--json", "--as-of", "$(touch taken)"]),
    ],
)
def test_github_keeps_the_status_and_passes_the_inputs(
    machine: Path, status: int, as_of: str, dry_run: str, arguments: list[str]
) -> None:
    clone = machine / "clone"
    program(clone / ".venv/bin/python", f"printf '<%s>' \"$@\"; echo; exit {status}")

    done = as_github_does(script(COMMAND), clone, {"AS_OF": as_of, "DRY_RUN": dry_run})

    assert done.returncode == status
    assert done.stdout.splitlines()[0] == f"<{'><'.join(['model_monitoring.py', *arguments])}>"
    assert ("::error::" in done.stdout) is (status != 0)
    assert not (clone / "taken").exists()


@pytest.mark.parametrize("missing", ["MYSQL_HOST", "MYSQL_USER", "MLFLOW_HOST", None])
def test_github_never_judges_an_empty_database_of_its_own(
    tmp_path: Path, missing: str | None
) -> None:
    environ = dict.fromkeys(("MYSQL_HOST", "MYSQL_USER", "MLFLOW_HOST"), "set")
    if missing is not None:
        environ[missing] = ""

    done = as_github_does(script("Are the servers named?"), tmp_path, environ)

    assert done.returncode == (0 if missing is None else 2)
    assert missing is None or f"lacks the variable {missing}" in done.stdout


# --- the real program


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A project that is set up, with one task and everything in files."""
    folder = tmp_path_factory.mktemp("installation")
    (folder / "config.yml").write_text(
        "log_level: warning\ntasks:\n  intent: {kind: text_intent, path: /intent, threshold: 0.2}\n"
    )
    environ = {
        **{name: text for name, text in os.environ.items() if name not in known_names()},
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "IARGUS_VAR": str(folder / "var"),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "setup_tests.py"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=120)
    return environ


def state(var: Path) -> dict[str, Any]:
    """All rows of the labelled database, and every file under `var` but the databases'."""
    with sqlite3.connect(var / "iargus.db") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        rows = {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in tables
            if not name.startswith(("ix_", "uq_", "sqlite_"))
        }
    connection.close()
    with sqlite3.connect(var / "mlflow.db") as connection:
        for name in ("runs", "model_versions", "registered_model_aliases", "tags"):
            rows[name] = connection.execute(f"SELECT * FROM {name}").fetchall()
    connection.close()
    files = {
        str(path): path.stat().st_mtime_ns
        for path in var.rglob("*")
        if path.is_file() and ".db" not in path.name
    }
    return rows | files


def test_started_again_it_does_nothing(installation: dict[str, str], machine: Path) -> None:
    clone = machine / "clone"
    (clone / "model_monitoring.py").symlink_to(ROOT / "model_monitoring.py")
    program(clone / ".venv/bin/python", f'exec "{sys.executable}" "$@"')
    # The same day for both, also at midnight.
    environ = {**installation, "AS_OF": f"{utc_now():%Y-%m-%d}", "DRY_RUN": "false"}
    var = Path(installation["IARGUS_VAR"])

    first = as_github_does(script(COMMAND), clone, environ)
    before = state(var)
    second = as_github_does(script(COMMAND), clone, environ)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert len(before["monitoring_runs"]) == 1
    assert [task["status"] for task in json.loads(second.stdout)["tasks"]] == ["not_due"]
    assert state(var) == before


# --- the page


def test_the_page_tells_of_every_file_and_its_commands_are_shell() -> None:
    text = read(PAGE)
    for path in (*DEPLOY.rglob("*"), WORKFLOW):
        # What serves has pages of its own.
        serves = path.parent.name in ("nginx", "grafana", "mlflow") or path.name == "iargus.service"
        if path.is_file() and "__pycache__" not in path.parts and not serves:
            assert path.name in text, path
    blocks = re.findall(r"^```(?:bash|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        subprocess.run(["bash", "-n", "-c", block], check=True, timeout=10)


def test_the_page_gives_each_parameter_that_has_no_default() -> None:
    needed = set(re.findall(r"^param (\w+) \w+$", read(BICEP), re.MULTILINE))
    assert needed <= set(re.findall(r"\b(\w+)=", read(PAGE)))
