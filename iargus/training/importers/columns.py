"""Which column of a file holds what: by the names of columns, or by what values look like. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iargus.errors import ConfigurationError, DataError


def parse_mapping(pairs: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Read `field=column of the file` pairs, as `--column` gives them.

    Raises:
        ConfigurationError: a pair is none, or names a field that there is not.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        field, separator, column = pair.partition("=")
        field = field.strip()
        if not separator or not field or not column.strip():
            raise ConfigurationError(
                f'--column {pair!r} should be field=column, such as {known[0]}="its column"'
            )
        if field not in known:
            raise ConfigurationError(
                f"--column {pair!r}: there is no field {field!r}; there are {', '.join(known)}"
            )
        if field in found:
            raise ConfigurationError(f"--column names the field {field!r} twice")
        found[field] = column.strip()
    return found


def find_column(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The column that is called like one of `wanted`: exactly so, or but for upper case."""
    for name in wanted:
        if name in names:
            return name
    lowered = {column.strip().lower(): column for column in reversed(names)}
    for name in wanted:
        if name.lower() in lowered:
            return lowered[name.lower()]
    return None


def check_twice(path: Path, names: Sequence[str]) -> None:
    """
    Raises:
        DataError: two columns have the same name.
    """
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise DataError(f"{path} has two columns called {twice[0]!r}")


def locate(
    path: Path,
    names: Sequence[str],
    fields: Mapping[str, Sequence[str]],
    mapping: Mapping[str, str],
    optional: Sequence[str] = (),
) -> dict[str, str]:
    """The column of each field; `fields` gives the names that each is known under.

    Raises:
        DataError: a column is missing; the message lists those of the file.
    """
    found: dict[str, str] = {}
    missing: list[str] = []
    for field, known in fields.items():
        column = find_column(names, [mapping[field]] if field in mapping else known)
        if column is not None:
            found[field] = column
        elif field in mapping:
            raise DataError(
                f"{path} has no column {mapping[field]!r} (--column {field}=...); "
                f"its columns are {listed(names)}"
            )
        elif field not in optional:
            missing.append(field)
    if missing:
        raise DataError(
            f"{path} has no column for {', '.join(missing)}; its columns are {listed(names)}: "
            f"say which it is with --column {missing[0]}=COLUMN"
        )
    return found


def listed(names: Sequence[str]) -> str:
    """Names of columns for a message."""
    shown = ", ".join(name[:40] for name in names[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "")


@dataclass(frozen=True)
class ColumnContent:
    """Figures of a column's values, as texts; empty ones do not count."""

    rows: int
    distinct: int
    words: float  # of a value, on average
    numbers: float  # the share of values that are numbers

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]], place: int) -> ColumnContent:
        values = [str(row[place]).strip() for row in rows if row[place] is not None]
        values = [value for value in values if value]
        count = len(values) or 1
        return cls(
            len(values),
            len(set(values)),
            sum(len(value.split()) for value in values) / count,
            sum(_is_number(value) for value in values) / count,
        )


def label_and_text(columns: Sequence[ColumnContent]) -> tuple[int, int, bool]:
    """The places of the label and of the text in two or more columns, and whether there is no
    doubt: the text has the most words and hardly repeats itself, the label has few values."""
    places = range(len(columns))
    text = max(places, key=lambda at: (columns[at].words, columns[at].distinct, -at))
    others = [at for at in places if at != text]
    # A number that goes on, or a name that is always another one, is no label.
    label = min(others, key=lambda at: (columns[at].distinct <= 1, columns[at].distinct, -at))
    one, other = columns[label], columns[text]
    certain = (
        len(columns) == 2
        and one.distinct * 2 <= one.rows
        and one.distinct * 2 <= other.distinct
        and one.words * 1.5 <= other.words
    )
    return label, text, certain


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
