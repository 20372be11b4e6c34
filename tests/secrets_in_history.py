"""Looks for secrets in everything that git has kept: `python -m tests.secrets_in_history [FOLDER]`.

Every version of every file, every commit's and every tag's message, from every branch and tag:
what was deleted later is still found. It knows the few forms below, which hardly anything else has,
and needs git alone. gitleaks, which knows two hundred, looks at the same history in
`.github/workflows/supply-chain.yml` and `make audit`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FORMS = {
    "a private key": rb"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----\s+[A-Za-z0-9+/=:, -]{40}",
    "a signed token": rb"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{43}\b",
    "a key pair of IArgus": rb"\b[0-9a-f]{8}:[\w-]{64}(?![\w-])",
    "an access key of AWS": rb"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "a client secret of Azure": rb"(?<![\w~.-])[\w~.-]{3}8Q~[\w~.-]{34}(?![\w~.-])",
    "an account key of Azure": rb"AccountKey=[A-Za-z0-9+/]{86}==",
    "a token of GitHub": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{82})\b",
    "a token of GitLab": rb"\bglpat-[\w-]{20}",
    "a token of PyPI": rb"\bpypi-AgE[\w-]{50}",
    "a token of npm": rb"\bnpm_[A-Za-z0-9]{36}\b",
    "a token of Slack": rb"\bxox[abeoprs]-[\w-]{24}",
    "an API key of Google": rb"\bAIza[\w-]{35}(?![\w-])",
    "an API key of a model's vendor": rb"\bsk-(?:ant|proj|svcacct)-[\w-]{32}",
    "a key of SendGrid": rb"\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])",
    "a key of Stripe": rb"\b[rs]k_live_[A-Za-z0-9]{24}",
    "a password in an address": rb"\b[a-z][a-z0-9+]{2,20}://[\w.-]+:(?=\S*\d)[^\s/@:'\"{}$<>]{12,}@",
}


class Finding(NamedTuple):
    """Where something is; never what."""

    kind: str
    object_id: str
    path: str


def findings(folder: Path) -> Iterator[Finding]:
    """Everything that has one of the forms.

    Raises:
        subprocess.CalledProcessError: `folder` is no repository, or is damaged.
    """
    listed = _git(folder, "rev-list", "--objects", "--all", "HEAD").decode(errors="replace")
    paths = dict(line.partition(" ")[::2] for line in listed.splitlines())
    for object_id, content in _objects(folder, paths):
        for kind, form in FORMS.items():
            if re.search(form, content):
                yield Finding(kind, object_id, paths[object_id] or "a commit or tag")


def _objects(folder: Path, ids: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    told = _git(folder, "cat-file", "--batch", stdin="\n".join(ids).encode())
    at = 0
    while at < len(told):
        # "<id> <type> <size>", the content, and a line's end.
        end = told.index(b"\n", at)
        object_id, kind, size = told[at:end].split()
        at = end + 1 + int(size)
        if kind != b"tree":
            yield object_id.decode(), told[end + 1 : at]
        at += 1


def is_shallow(folder: Path) -> bool:
    return _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", *words], cwd=folder, input=stdin, stdout=subprocess.PIPE, check=True, timeout=120
    ).stdout


def main(folder: Path) -> int:
    if is_shallow(folder):
        print("this is a shallow clone: its history is not here, and was not searched")
        return 3
    found = list(findings(folder))
    for finding in found:
        print(f"{finding.kind}: {finding.path}; git log --all --find-object={finding.object_id}")
    if not found:
        print("no secret of a known form in the history")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
