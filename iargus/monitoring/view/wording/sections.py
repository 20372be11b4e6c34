"""What a report, a mail and the terminal have in common: facts, and sections that hold them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A line of a table; `detail` is said in smaller letters, `urgent` is marked."""

    name: str
    value: str
    detail: str = ""
    urgent: bool = False

    def __str__(self) -> str:
        line = f"{self.name}: {self.value}"
        return f"{line} ({self.detail})" if self.detail else line


@dataclass(frozen=True)
class Section:
    """Sentences under a title, then facts, then a note. `name` is that of its picture, if any."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    heads: tuple[str, str, str] = ("", "", "")
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.sentences or self.facts)
