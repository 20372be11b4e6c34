"""Every test that docs/explanation/security.md names as a proof is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


def test_proofs_are_named() -> None:
    assert len(NAMED) > 30


@pytest.mark.parametrize(("path", "name"), NAMED, ids="::".join)
def test_the_proof_exists(path: str, name: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE)


def test_no_requirement_is_without_an_answer() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| (RFC 8725|ASVS) ", line)]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells[1:3]), row
        assert "::test_" in cells[3] or cells[3].startswith("—"), row
    assert len([row for row in rows if row.startswith("| RFC 8725 3.")]) >= 12
    assert len([row for row in rows if row.startswith("| ASVS ")]) >= 7
