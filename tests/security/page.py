"""Writes docs/reference/attacks.md, the list of all attacks: `python -m tests.security.page`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.security.names import ROOT, Area, areas, collect

PAGE = ROOT / "docs" / "reference" / "attacks.md"

_HEAD = """\
# Attacks

<!-- Written by `python -m tests.security.page`, and compared with the tests by one of them. -->

{total} attacks in {areas} areas, each a test of `tests/security` that fails when the attack comes
through. Those with tokens go through the whole application, as a server would hand it the request,
and each such area has controls, in which a valid request is accepted in the same place. Those named
"the file's …" need the vectors of Project Wycheproof in the folder that `IARGUS_DATA` names, and
are skipped without it. [security.md](../explanation/security.md) has the rules.

```sh
make test ARGS="tests/security"                 # all of them
make test ARGS="tests/security -k 'alg none'"   # some, by their names
```
"""


def page(found: Sequence[Area]) -> str:
    """The page that lists these attacks."""
    total = sum(len(area.attacks) for area in found)
    parts = [_HEAD.format(total=total, areas=len(found))]
    for area in found:
        path = area.path.relative_to(ROOT).as_posix()
        names = "\n".join(f"- {_shown(name)}" for name in area.attacks)
        parts.append(f"## {area.title}\n\n`{path}`, {len(area.attacks)} attacks\n\n{names}\n")
    return "\n".join(parts)


def _shown(name: str) -> str:
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>#|" else letter for letter in name)


if __name__ == "__main__":
    PAGE.write_text(page(areas(collect())), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
