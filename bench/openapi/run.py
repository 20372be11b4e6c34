"""One run of Schemathesis: its configuration, its process, and what its reports say."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOOKS = Path(__file__).with_name("hooks.py")
# Every check; where a schema cannot say what the service does, it says why.
CONFIGURATION = f"""
hooks = {json.dumps(str(HOOKS))}
continue-on-failure = true
output.sanitization.enabled = false

[generation]
mode = "all"
database = "none"

# A batch of a thousand of the longest sentences is right in each part, and too many bytes in all:
# 413 is the answer, and no schema counts bytes.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "413"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "422"]

# What a label may be depends on the prediction that it is for: a price, or an intent.
[[operations]]
include-path = "/feedback"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "404", "409", "422"]
"""


@dataclass(frozen=True)
class Kind:
    """Who asks: where the token is, and of which scope."""

    name: str
    token_in: str
    scope: str = "person"


KINDS = (
    Kind("without a token", "nowhere"),
    Kind("token", "header"),
    Kind("administrator's token", "header", "admin"),
    Kind("token in the body", "body"),
)


@dataclass
class Result:
    """What came of one run; `failures` are the checks that failed, by name, and `samples` one
    request of each distinct failure."""

    kind: Kind
    seed: int
    cases: int
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    samples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found and everything was asked."""
        return not self.failures and not self.errors and self.cases > 0


def run(
    kind: Kind,
    url: str,
    tokens: Path,
    folder: Path,
    *,
    seed: int,
    examples: int,
    tell: Callable[[str], None],
    phases: str = "examples,coverage,fuzzing,stateful",
    threads: int = 2,
) -> Result:
    """Ask every operation; reports and output are kept in `folder`.

    Args:
        examples: of each operation in each phase that makes them up.
        tell: is given a line at the end of each phase.
        threads: that ask; a seed gives the same requests only with one, since each learns from
            what the others were answered.
    """
    folder.mkdir(parents=True)
    (folder / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    command = [
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(folder / "schemathesis.toml"),
            "run",
            f"{url}/openapi.json",
        ),
        *("--checks", "all", "--seed", str(seed), "--max-examples", str(examples)),
        *("--phases", phases, "--workers", str(threads), "--no-color"),
        *("--report", "json,ndjson"),
        *("--report-json-path", str(folder / "report.json")),
        *("--report-ndjson-path", str(folder / "events.ndjson")),
    ]
    environ = os.environ | {
        "IARGUS_BENCH_TOKENS": str(tokens),
        "IARGUS_BENCH_TOKEN_IN": kind.token_in,
    }
    with (
        (folder / "output.txt").open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=output, text=True
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            output.write(line)
            if line.startswith((" ✅", " ❌", " ⏭", " 🚫")):
                tell(line.strip())
        status = process.wait()
    return read(kind, seed, folder, status)


def read(kind: Kind, seed: int, folder: Path, status: int) -> Result:
    """What the reports of a run say; `status` is what the process ended with."""
    report = folder / "report.json"
    if not report.exists():
        return Result(kind, seed, 0, errors=[f"Schemathesis ended with {status}: see {folder}"])
    document = json.loads(report.read_text(encoding="utf-8"))
    result = Result(kind, seed, document["test_cases"]["generated"])
    result.errors += [f"{each['title']}: {each['count']}" for each in document["errors"]]
    for recorder in _recorders(folder / "events.ndjson"):
        for interaction in recorder.get("interactions", {}).values():
            if interaction.get("response"):
                result.statuses[interaction["response"]["status_code"]] += 1
        for case_id, checks in recorder.get("checks", {}).items():
            for check in checks:
                if check["status"] == "failure":
                    result.failures[check["name"]] += 1
                    found = check["failure_info"]["failure"]
                    key = (check["name"], found["operation"], found["title"])
                    request = recorder["interactions"][case_id]["request"]
                    result.samples.setdefault(key, f"{found['message']}\n{curl(request)}")
    if status and not result.failures and not result.errors:
        result.errors.append(f"Schemathesis ended with {status}: see {folder}")
    return result


def _recorders(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if "ScenarioFinished" in event:
                yield event["ScenarioFinished"]["recorder"]


def curl(request: dict[str, Any]) -> str:
    """The command that asks the same again."""
    parts = ["curl", "-X", request["method"]]
    for name, values in request["headers"].items():
        for value in values:
            parts += ["-H", f"{name}: {value}"]
    body = base64.b64decode((request.get("body") or {}).get("$base64", ""))
    if body:
        parts += ["--data-binary", body.decode("utf-8", "backslashreplace")]
    return shlex.join([*parts, request["uri"]])
