"""The fenced blocks of the pages, and which of them are run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
_FENCE = re.compile(r"^(```+)([^\n`]*)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """A block of code; `info` is what stands behind its fence, such as `sh run`."""

    page: Path
    line: int
    info: str
    code: str

    @property
    def runs(self) -> bool:
        return self.info.endswith(" run")

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[2].strip(), found[3])


def with_outputs(page: Path) -> Iterator[tuple[Block, Block | None]]:
    """The blocks that are run, each with the block that shows its output, if one follows."""
    found = list(blocks(page))
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block.runs:
            shows = after is not None and after.info in ("json", "text output")
            yield block, after if shows else None


def matches(shown: str, output: str) -> bool:
    """Whether an output is as shown; `…` stands for anything."""
    parts = [re.escape(part.strip()) for part in shown.strip().split(ANYTHING)]
    return re.fullmatch(r"\s*.*?\s*".join(parts), output.strip(), re.DOTALL) is not None


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
