"""The glossary: one line for each term, with its source; and the names of classes are of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.blocks import ROOT

GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
ROWS = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ?([^|]*?) ?\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE
)[1:]
FOLDER = Path(__file__).parent
# Words of programming that say here what they say everywhere.
PLAIN = frozenset((FOLDER / "plain_words.txt").read_text(encoding="utf-8").split())
# Of classes that still need a better name. This list only gets shorter.
ODD = frozenset((FOLDER / "odd_words.txt").read_text(encoding="utf-8").split())
MOST_ODD = 36


def terms() -> set[str]:
    """Every word of a term, in the singular and small letters."""
    joined = (term.lower().replace("-", "") for term, _, _ in ROWS)
    return {singular(word) for term in joined for word in re.findall(r"[a-z]+", term)}


def singular(word: str) -> str:
    for end, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("s", "")):
        if word.endswith(end) and not word.endswith(("ss", "us", "is", "series")):
            return word[: -len(end)] + instead
    return word


def words(name: str) -> list[str]:
    return [
        part.lower()
        for part in re.findall(r"[A-Z]+(?=[A-Z][a-z]|$|\d)|[A-Z][a-z]+", name.replace("IArgus", ""))
    ]


def classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    for path in sorted((ROOT / "iargus").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield path, node


def is_error(path: Path, node: ast.ClassDef) -> bool:
    """Errors are named after what happened, with what it happened to in front: TokenExpired."""
    bases = " ".join(ast.unparse(base) for base in node.bases)
    return path.name == "errors.py" or bool(re.search(r"Error|Exception", bases))


def noun(path: Path, node: ast.ClassDef) -> str:
    """What a class is: its last word; of an error its first."""
    spoken = words(node.name)
    return singular(spoken[0 if is_error(path, node) else -1])


def test_every_term_is_there_once_in_order_with_its_source() -> None:
    names = [term.lower() for term, _, _ in ROWS]
    assert len(names) > 80
    assert names == sorted(set(names))
    for term, meaning, source in ROWS:
        assert meaning[0].isupper(), term
        assert source, f"{term}: where is it from?"


def test_classes_are_named_by_terms_of_the_glossary() -> None:
    known = terms() | PLAIN | ODD
    unknown = {}
    for path, node in classes():
        if noun(path, node) not in known:
            unknown[node.name] = path.relative_to(ROOT).as_posix()
    assert unknown == {}, "a word of the field, or a line in docs/reference/glossary.md"


def test_the_lists_of_words_stay_short() -> None:
    assert len(PLAIN) <= 150
    assert len(ODD) <= MOST_ODD
    assert PLAIN & terms() == set(), "said in both"
    assert ODD & (terms() | PLAIN) == set(), "said in both"
    used = {noun(path, node) for path, node in classes()}
    assert len(PLAIN - used) <= 20, "no class has them any more"
