"""What must hold for every workflow: nothing unpinned, no right too many, no test left out."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.audit import SBOM, STEPS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.y*ml"))
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+(\.\d+)*")
LOCAL = re.compile(r"\./[\w./-]+")
WRITING = {"id-token"}

Document = dict[Any, Any]

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def read(path: Path) -> Document:
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def triggers(workflow: Document) -> Document:
    # YAML 1.1 reads the bare word `on` as true.
    found: Document = workflow[True]
    return found


def needs(job: Document) -> list[str]:
    value = job.get("needs", [])
    return [value] if isinstance(value, str) else value


def test_there_are_workflows() -> None:
    assert {"tests.yml", "deploy.yml", "supply-chain.yml"} <= {path.name for path in WORKFLOWS}


@each_workflow
def test_every_action_is_local_or_pinned_to_a_commit_with_its_version(path: Path) -> None:
    uses = re.findall(r"^\s*(?:-\s+)?uses:\s*(.+?)\s*$", path.read_text(encoding="utf-8"), re.M)
    assert uses
    for reference in uses:
        assert LOCAL.fullmatch(reference) or PINNED.fullmatch(reference), reference


def test_an_action_is_at_the_same_commit_everywhere() -> None:
    commits: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for name, rest in re.findall(r"uses: ([\w./-]+)@(.+)", path.read_text(encoding="utf-8")):
            commits.setdefault(name, set()).add(rest.strip())
    assert {name: len(found) for name, found in commits.items() if len(found) > 1} == {}


@each_workflow
def test_rights_are_least(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        for right, level in job.get("permissions", {}).items():
            assert level == "read" or right in WRITING, f"{name}: {right}: {level}"


@each_workflow
def test_pull_requests_never_run_with_the_rights_of_the_repository(path: Path) -> None:
    assert "pull_request_target" not in path.read_text(encoding="utf-8")


@each_workflow
def test_every_job_has_a_time_limit(path: Path) -> None:
    for name, job in read(path)["jobs"].items():
        if "uses" not in job:
            assert 0 < job["timeout-minutes"] <= 60, name


@each_workflow
def test_a_checkout_leaves_no_token_behind(path: Path) -> None:
    for job in read(path)["jobs"].values():
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@each_workflow
def test_what_others_may_write_is_never_put_into_a_script(path: Path) -> None:
    for job in read(path)["jobs"].values():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), "pass it by env: and quote the variable"


def test_tests_need_no_secret() -> None:
    assert "secrets." not in (FOLDER / "tests.yml").read_text(encoding="utf-8")


def test_tests_run_on_push_and_on_pull_requests_and_for_other_workflows() -> None:
    assert set(triggers(read(FOLDER / "tests.yml"))) == {"push", "pull_request", "workflow_call"}


def test_tests_run_on_every_supported_python_and_on_mysql() -> None:
    jobs = read(FOLDER / "tests.yml")["jobs"]
    assert jobs["suite"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert jobs["suite"]["env"]["IARGUS_REQUIRE_SERVICES"] == "1"
    mysql = jobs["mysql"]["services"]["mysql"]
    assert mysql["image"].startswith("mysql:8")
    assert "--health-cmd" in mysql["options"]


def test_outdated_runs_are_cancelled_but_never_a_deployment() -> None:
    assert read(FOLDER / "tests.yml")["concurrency"]["cancel-in-progress"] is True
    assert read(FOLDER / "deploy.yml")["concurrency"]["cancel-in-progress"] is False


def test_deployment_needs_the_tests_and_only_it_may_log_in() -> None:
    jobs = read(FOLDER / "deploy.yml")["jobs"]
    assert jobs["tests"]["uses"] == "./.github/workflows/tests.yml"
    assert "tests" in needs(jobs["deploy"])
    assert jobs["deploy"]["environment"] == "production"
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == [
        "deploy"
    ]


def test_deployment_has_the_files_that_the_service_needs() -> None:
    (step,) = [
        step
        for step in read(FOLDER / "deploy.yml")["jobs"]["package"]["steps"]
        if "git archive" in step.get("run", "")
    ]
    files = step["run"].split("HEAD", 1)[1].split()
    needed = {"api.py", "gunicorn.conf.py", "config.yml", "requirements.txt", "iargus"}
    assert needed == set(files)
    for name in files:
        assert (ROOT / name).exists(), name


AZ = """#!/bin/sh
case "$*" in
  *"slot swap"*) echo swap >> "$CALLS" ;;
  *--slot*) echo staging.example.org ;;
  *) echo production.example.org ;;
esac
"""
CURL = """#!/bin/sh
case "$*" in
  *https://"$BROKEN".example.org/ready*) printf 503 ;;
  *https://*.example.org/ready*) printf 200 ;;
  *) exit 9 ;;
esac
"""


@pytest.mark.parametrize(
    ("slot", "broken", "status", "swaps"),
    [
        ("staging", "none", 0, 1),
        ("staging", "staging", 1, 0),
        ("staging", "production", 1, 2),  # there and back
        ("", "none", 0, 0),
        ("", "production", 1, 0),
    ],
)
def test_only_a_ready_release_stays_in_production(
    tmp_path: Path, slot: str, broken: str, status: int, swaps: int
) -> None:
    programs = {"az": AZ, "curl": CURL, "sleep": "#!/bin/sh\n"}
    for name, text in programs.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    script = read(FOLDER / "deploy.yml")["jobs"]["deploy"]["steps"][-1]["run"]
    calls = tmp_path / "calls"
    calls.touch()
    ended = subprocess.run(
        # As GitHub starts it for `shell: bash`.
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(calls),
            "BROKEN": broken,
            "SLOT": slot,
            "APP": "iargus",
            "GROUP": "group",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert calls.read_text(encoding="utf-8").count("swap") == swaps


@each_workflow
def test_scripts_are_bash_without_mistakes_of_syntax(path: Path) -> None:
    for job in read(path)["jobs"].values():
        for step in job.get("steps", []):
            if "run" in step:
                subprocess.run(["bash", "-n", "-c", step["run"]], check=True, timeout=10)


def test_a_push_to_main_is_tested_by_exactly_one_workflow() -> None:
    assert triggers(read(FOLDER / "tests.yml"))["push"] == {"branches-ignore": ["main"]}
    assert triggers(read(FOLDER / "deploy.yml"))["push"] == {"branches": ["main"]}


def folders(*patterns: str) -> set[str]:
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    parents = {path.parent.relative_to(ROOT) for path in found}
    return {"/" if folder == Path() else f"/{folder}" for folder in parents}


def test_dependabot_follows_every_lock_action_and_image() -> None:
    document = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    followed: dict[str, set[str]] = {}
    for update in document["updates"]:
        followed.setdefault(update["package-ecosystem"], set()).add(update["directory"])
        assert update["cooldown"]["default-days"] >= 7
    assert followed == {
        "pip": folders("requirements*.txt", "deploy/**/requirements*.txt"),
        "docker": folders("Dockerfile*", "deploy/**/Dockerfile*"),
        "github-actions": {"/"},
    }


def test_every_step_of_the_audit_runs_on_github() -> None:
    workflow = read(FOLDER / "supply-chain.yml")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    scripts = "\n".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"make audit \S+ STEPS=(\w+)", scripts)) == set(STEPS)
    assert {"push", "pull_request", "schedule"} <= set(triggers(workflow))


def test_the_history_that_is_searched_is_whole() -> None:
    checkout, *_, searching = read(FOLDER / "supply-chain.yml")["jobs"]["secrets"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert re.fullmatch(r"[0-9a-f]{64}", searching["env"]["SHA256"])
    # Checked before anything of it is unpacked, let alone run.
    script = searching["run"]
    assert script.index("sha256sum --check") < script.index("tar ") < script.index("make audit")


def test_what_is_deployed_carries_its_sbom() -> None:
    scripts = [
        step.get("run", "") for step in read(FOLDER / "deploy.yml")["jobs"]["package"]["steps"]
    ]
    made = next(at for at, script in enumerate(scripts) if "STEPS=sbom" in script)
    packed = next(at for at, script in enumerate(scripts) if "git archive" in script)
    assert made < packed
    assert f"--add-file={SBOM.relative_to(ROOT)} " in scripts[packed]
