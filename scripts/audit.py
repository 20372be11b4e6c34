"""What `make audit` does: advisories, an SBOM, the workflows, and secrets in the history.

`scripts/audit.py [advisories] [sbom] [workflows] [secrets]` does these, or all. The exit status is
1 when something was found, else 3 when something could not be looked at, else 0: what was not
looked at is never reported as good.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("deploy/*/requirements*.txt")])
SBOM = ROOT / "dist" / "sbom.cdx.json"
FINE, FOUND, NOT_DONE = 0, 1, 3
LONGEST_S = 1800


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a program, first of all one that lies beside this interpreter."""
    program = shutil.which(words[0], path=str(Path(sys.executable).parent)) or words[0]
    return subprocess.run(
        [program, *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def advisories() -> int:
    """Ask for known weaknesses of everything that a lock names."""
    words = ["pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner=off"]
    done = run(*words, "--format=json", *(f"--requirement={lock}" for lock in LOCKS))
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"NOT AUDITED: pip-audit ended with {done.returncode}: {_last_line(done.stderr)}")
        return NOT_DONE
    # pip-audit ends with 0 where the index knows no advisories at all: each package is "skipped".
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    weak = [package for package in packages if package.get("vulns")]
    for package in weak:
        for advisory in package["vulns"]:
            mended = ", ".join(advisory.get("fix_versions", [])) or "no version"
            print(f"{package['name']} {package['version']}: {advisory['id']}, mended in {mended}")
    asked = len(packages) - len(skipped)
    print(f"advisories: {len(LOCKS)} locks, {asked} packages asked about, {len(weak)} with some")
    if skipped or not packages:
        print(f"NOT AUDITED: {len(skipped)} packages, of which nothing could be learned here")
    return FOUND if weak else NOT_DONE if skipped or not packages else FINE


def sbom() -> int:
    """Write what is served, as CycloneDX with the hashes of the lock."""
    SBOM.parent.mkdir(exist_ok=True)
    words = ["cyclonedx-py", "requirements", "requirements.txt", "--pyproject=pyproject.toml"]
    done = run(*words, "--output-reproducible", f"--output-file={SBOM}")
    if done.returncode:
        print(f"NO SBOM: {_last_line(done.stderr)}")
        return NOT_DONE
    components = json.loads(SBOM.read_text(encoding="utf-8"))["components"]
    print(f"sbom: {len(components)} components in {SBOM.relative_to(ROOT)}")
    return FINE


def workflows() -> int:
    """What zizmor says of the workflows, without asking GitHub."""
    done = run("zizmor", "--offline", "--no-progress", "--min-severity=medium", ".github")
    print(done.stdout.strip() or _last_line(done.stderr))
    # 11 to 14 are findings by their severity; 1 and 2 are that it could not.
    return FINE if done.returncode == 0 else FOUND if done.returncode > 10 else NOT_DONE


def secrets() -> int:
    """The forms that the tests know, and, where gitleaks is installed, all that it knows."""
    own = run(sys.executable, "-m", "tests.secrets_in_history")
    print(f"secrets: {(own.stdout.strip() or _last_line(own.stderr))}")
    if shutil.which("gitleaks") is None:
        print("NOT DONE: gitleaks is not installed; only the forms of tests/ were looked for")
        return worst([own.returncode, NOT_DONE])
    found = run("gitleaks", "git", "--redact", "--no-banner", "--verbose", "--log-opts=--all", ".")
    print((found.stdout + found.stderr).strip())
    return worst([own.returncode, {0: FINE, 1: FOUND}.get(found.returncode, NOT_DONE)])


STEPS: dict[str, Callable[[], int]] = {
    step.__name__: step for step in (advisories, sbom, workflows, secrets)
}


def worst(ended: Sequence[int]) -> int:
    return FOUND if FOUND in ended else max(ended)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["without a word"])[-1][:300]


def main(names: list[str]) -> int:
    if unknown := set(names) - set(STEPS):
        print(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
        return 2
    ended = [STEPS[name]() for name in names or STEPS]
    return worst(ended)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
