"""Only `iargus.storage.dialects` asks which database it is; a further one is one class there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_mock_engine

import iargus
from iargus.errors import ConfigurationError
from iargus.storage.dialects import dialect_of

ROOT = Path(iargus.__file__).parent
ALLOWED = (
    "storage/dialects/",
    # They say what was, and must never change.
    "storage/migrations/types.py",
    "storage/migrations/api/versions/",
    "storage/migrations/labelled/versions/",
    # Reads the variables that name the server.
    "settings/environment.py",
)
NAMES = {"sqlite", "mysql", "mariadb", "postgresql"}


def _questions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="name", value=ast.Attribute(attr="dialect")):
                yield f"{node.lineno}: the name of a dialect"
            case ast.Attribute(attr="mysql"):
                yield f"{node.lineno}: whether the environment names a MySQL server"
            case ast.Constant(value=str(value)) if value.lower() in NAMES:
                yield f"{node.lineno}: {value!r}"
            case ast.ImportFrom(module=str(module)) if module.startswith("sqlalchemy.dialects"):
                yield f"{node.lineno}: imports {module}"
            case ast.ImportFrom(module="sqlalchemy", names=names) if any(
                name.name in ("text", "TextClause") for name in names
            ):
                yield f"{node.lineno}: SQL as text, in the words of one database"


@pytest.mark.parametrize(
    "source",
    [
        "if connection.dialect.name == other: ...",
        "if settings.environment.mysql is None: ...",
        "x = engine.url.drivername.startswith('sqlite')",
        "from sqlalchemy.dialects.mysql import LONGTEXT",
        "from sqlalchemy import select, text",
    ],
)
def test_a_question_is_noticed(source: str) -> None:
    assert list(_questions(ast.parse(source)))


def test_no_other_module_asks_which_database_it_is() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{question}"
        for path in sorted(ROOT.rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(ALLOWED)
        for question in _questions(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_another_database_is_refused_and_not_taken_for_one_of_these() -> None:
    other = create_mock_engine("oracle://", lambda *_: None)
    with pytest.raises(ConfigurationError, match="oracle is no database of IArgus"):
        dialect_of(other)  # type: ignore[arg-type]
