"""A guard: the place in the source that keeps something out, and how it would be lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class SnippetMissing(ValueError):
    """The source has changed: what a guard names is not there, or is there more than once."""


@dataclass(frozen=True)
class Guard:
    """`name` says what holds while the guard is there. `old` occurs once in `file` (a path below
    the root of the repository) and becomes `new`; `also` is a second pair, where half a change
    would only break the program. `tests` are what pytest is given: few, quick, and one of them
    fails without the guard."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    also: tuple[str, str] | None = None

    def weaken(self, root: Path) -> str:
        """The source of the file below `root` without the guard.

        Raises:
            SnippetMissing: a snippet does not occur exactly once.
        """
        source = (root / self.file).read_text(encoding="utf-8")
        for old, new in ((self.old, self.new), *filter(None, [self.also])):
            if source.count(old) != 1:
                raise SnippetMissing(f"{self.file} has {source.count(old)} times: {old}")
            source = source.replace(old, new)
        return source

    def line(self, root: Path) -> int:
        """The number of the line where it stands."""
        source = (root / self.file).read_text(encoding="utf-8")
        return source[: source.index(self.old)].count("\n") + 1


class Module:
    """A file with guards, and the tests that notice most of them."""

    def __init__(self, file: str, *tests: str) -> None:
        self._file = file
        self._tests = tests

    def guard(
        self,
        name: str,
        old: str,
        new: str,
        *tests: str,
        also: tuple[str, str] | None = None,
    ) -> Guard:
        """A guard of this file; `tests` stand in the place of those of the whole file."""
        return Guard(name, self._file, old, new, tests or self._tests, also)
