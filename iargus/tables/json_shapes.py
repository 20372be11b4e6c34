"""What the parts of a JSON document mean: tables as programs write them, public sets of intents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TEXT, LABEL, SPLIT = "text", "label", "split"
_ROLES = {TEXT: TEXT, LABEL: LABEL}
# A list of objects below one of these names is the table; the rest tells about it.
_WRAPPERS = (
    *("data", "rows", "items", "examples", "records", "results"),
    *("utterances", "sentences", "common_examples"),
)
_INTENT_NAMES = ("intent", "tag", "name", "label")
_PATTERN_NAMES = ("patterns", "examples", "utterances", "texts", "sentences", "queries")


@dataclass(frozen=True)
class Shape:
    """`items` are objects or lists; `names` are theirs where the shape fixes them; the last value
    of an item is its split where there are `splits`."""

    items: Sequence[Any]
    names: Sequence[str] | None = None
    shown: str = ""
    splits: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)


def shape_of(document: Any) -> Shape | None:
    """The rows of a document; None where it has no shape that is known."""
    if isinstance(document, list):
        return _patterns({"intents": document}) or Shape(document)
    if not isinstance(document, dict) or not document:
        return None
    for find in (_patterns, _wrapped, _split_table, _snips_nlu, _lists, _objects):
        found = find(document)
        if found is not None:
            return found
    return None


def _wrapped(document: dict[str, Any]) -> Shape | None:
    inner = document.get("rasa_nlu_data")
    if isinstance(inner, dict):
        return _wrapped(inner)
    for name in _WRAPPERS:
        rows = document.get(name)
        if not (isinstance(rows, list) and rows and all(isinstance(r, dict) for r in rows)):
            continue
        others = [v for k, v in document.items() if k != name]
        if any(map(_is_rows, others)) and not {"text", "intent"} <= set(rows[0]):
            continue
        if all(isinstance(r.get("row"), dict) for r in rows):  # as Hugging Face serves them
            rows = [r["row"] for r in rows]
        if "data" in rows[0] and "text" not in rows[0]:
            continue
        return Shape(rows, shown=f"list {name!r}")
    return None


def _patterns(document: dict[str, Any]) -> Shape | None:
    """A list of intents, each with its name and a list of its texts."""
    intents = document.get("intents")
    if not isinstance(intents, list) or not intents:
        return None
    rows: list[list[str]] = []
    for each in intents:
        if not isinstance(each, dict):
            return None
        label = next((each[name] for name in _INTENT_NAMES if isinstance(each.get(name), str)), "")
        lists = [each[name] for name in _PATTERN_NAMES if isinstance(each.get(name), list)]
        if not label or len(lists) != 1:
            return None
        for item in lists[0]:
            text = item.get(TEXT) if isinstance(item, dict) else item
            if not isinstance(text, str):
                return None
            rows.append([text, label])
    return Shape(rows, names=(TEXT, LABEL), shown="intents with their patterns", roles=_ROLES)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict | list)


def _split_table(document: dict[str, Any]) -> Shape | None:
    """`to_json(orient="split")` of pandas."""
    names, rows = document.get("columns"), document.get("data")
    if not (isinstance(names, list) and isinstance(rows, list)):
        return None
    others = set(document) - {"columns", "data", "index"}
    if others or not all(isinstance(name, str) for name in names):
        return None
    return Shape(rows, names=names, shown="columns and data, as pandas splits them")


def _snips_nlu(document: dict[str, Any]) -> Shape | None:
    """The data sets of Snips NLU: intents with utterances of chunks."""
    intents = document.get("intents")
    if isinstance(intents, dict):
        found = {
            name: value.get("utterances")
            for name, value in intents.items()
            if isinstance(value, dict)
        }
    else:
        found = document
    rows: list[list[str]] = []
    for name, utterances in found.items():
        if not (isinstance(utterances, list) and utterances and all(map(_is_chunked, utterances))):
            return None
        rows += [["".join(chunk["text"] for chunk in each["data"]), name] for each in utterances]
    return Shape(rows, names=(TEXT, LABEL), shown="SNIPS, texts by intent", roles=_ROLES)


def _is_chunked(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("data"), list)
        and all(
            isinstance(chunk, dict) and isinstance(chunk.get("text"), str)
            for chunk in value["data"]
        )
    )


def _lists(document: dict[str, Any]) -> Shape | None:
    """An object whose values are lists: splits, labels or columns."""
    if not all(isinstance(value, list) for value in document.values()):
        return None
    filled = {name: value for name, value in document.items() if value}
    if not filled:
        return None
    splits = list(document)
    items = [item for value in filled.values() for item in value]
    if all(
        isinstance(i, list) and len(i) == 2 and all(isinstance(c, str) for c in i) for i in items
    ):
        rows = [[*item, name] for name, value in filled.items() for item in value]
        shown = "splits of pairs of text and label (CLINC150)"
        return Shape(rows, (TEXT, LABEL, SPLIT), shown, splits, _ROLES)
    if all(isinstance(i, dict) for i in items):
        names = list(dict.fromkeys(key for item in items for key in item if key != SPLIT))
        rows = [
            [*(item.get(key) for key in names), name]
            for name, value in filled.items()
            for item in value
        ]
        return Shape(rows, (*names, SPLIT), "splits of objects", splits)
    if any(isinstance(i, dict | list) for i in items):
        return None
    lengths = {len(value) for value in document.values()}
    if len(lengths) == 1 and len(document) > 1:
        rows = [list(row) for row in zip(*document.values(), strict=True)]
        return Shape(rows, list(document), "an object of columns")
    if all(isinstance(i, str) for i in items):
        rows = [[item, name] for name, value in filled.items() for item in value]
        return Shape(rows, (TEXT, LABEL), "lists of texts by label", roles=_ROLES)
    return None


def _objects(document: dict[str, Any]) -> Shape | None:
    """An object of objects: columns of rows, or rows of columns, as pandas writes them."""
    values = list(document.values())
    if not all(isinstance(value, dict) for value in values):
        return None
    inner = list(dict.fromkeys(key for value in values for key in value))
    if any(isinstance(cell, dict | list) for value in values for cell in value.values()):
        return None
    if inner and all(key.isdecimal() for key in inner):
        rows = [[value.get(key) for value in values] for key in inner]
        return Shape(rows, list(document), "columns of rows by number, as pandas writes them")
    if all(key.isdecimal() for key in document):
        return Shape(values, shown="rows by number, as pandas writes them")
    return None
