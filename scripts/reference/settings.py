"""Settings of `config.yml`, as each `Field` of the policy describes itself, and environment
variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from iargus.settings import Policy
from iargus.settings.tasks import TaskPolicy
from iargus.settings.variables import VARIABLES
from iargus.tasks.catalogue import Catalogue
from scripts.reference.markdown import code, table

# The unit as the end of a setting's name says it; others name theirs in the field: {"unit": ...}.
UNITS = (
    (r"_per_minute$", "per minute"),
    (r"_per_hour(_total)?$", "per hour"),
    (r"_per_day$", "per day"),
    (r"_days$", "days"),
    (r"_minutes$", "minutes"),
    (r"_ms$", "milliseconds"),
    (r"_s$", "seconds"),
    (r"_bytes$", "bytes"),
    (r"_rows$", "rows"),
    (r"_tokens$", "tokens"),
    (r"_fraction$", "share of one"),
    (r"_usd$", "US dollars"),
)


@dataclass(frozen=True)
class Setting:
    """One line of the reference; `default` is None where the setting is required."""

    name: str
    description: str
    default: str | None
    values: str
    unit: str
    is_number: bool


def settings() -> Iterator[Setting]:
    """Every setting, in the order of the code; `tasks.*` stands for the block of any task."""
    yield from _of(Policy, "")
    yield from _of(TaskPolicy, "tasks.*.")
    for task in Catalogue.read(Policy()):
        options = type(task.options)
        yield from _of(options, f"tasks.*.options ({task.policy.kind}): ")


def markdown() -> str:
    """The page: one table for each block of `config.yml`."""
    blocks: dict[str, list[Setting]] = {}
    for setting in settings():
        blocks.setdefault(_block(setting.name), []).append(setting)
    head = ("setting", "default", "unit", "values", "meaning")
    return "\n\n".join(
        f"## {title}\n\n{table(head, [_row(setting) for setting in found])}"
        for title, found in blocks.items()
    )


def environment() -> str:
    """The table of environment variables."""
    rows = [
        (code(variable.name), variable.description + ".", variable.unset) for variable in VARIABLES
    ]
    return table(("variable", "meaning", "when unset"), rows)


def _block(name: str) -> str:
    if ": " in name:
        return f"Options of the kind `{name.partition('(')[2].partition(')')[0]}`"
    if name.startswith("tasks.*."):
        return "`tasks.*`: one block for each task"
    section, _, rest = name.partition(".")
    return f"`{section}`" if rest else "At the top"


def _row(setting: Setting) -> tuple[str, ...]:
    name = setting.name.partition(": ")[2] or setting.name
    shown = f"`options.{name}`" if ": " in setting.name else f"`{name}`"
    default = "required" if setting.default is None else code(setting.default) or "unset"
    return shown, default, setting.unit, setting.values, f"{setting.description}."


def _of(model: type[BaseModel], prefix: str) -> Iterator[Setting]:
    properties = model.model_json_schema()["properties"] if model.model_fields else {}
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _of(annotation, f"{prefix}{name}.")
        elif (prefix, name) != ("", "tasks"):
            yield _setting(prefix, name, field, properties[name])


def _setting(prefix: str, name: str, field: FieldInfo, schema: dict[str, Any]) -> Setting:
    kinds = {kind for kind in _kinds(field.annotation) if kind is not NoneType}
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    by_name = next((unit for pattern, unit in UNITS if re.search(pattern, name)), "")
    return Setting(
        prefix + name,
        (field.description or "").rstrip("."),
        None if field.is_required() else _default(field.get_default(call_default_factory=True)),
        _values(field.annotation, schema),
        str(extra.get("unit", by_name)),
        bool(kinds) and kinds <= {int, float},
    )


def _kinds(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return set().union(*(_kinds(part) for part in inner)) if inner else {annotation}


def _default(value: Any) -> str:
    if value is None or value in ((), {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _values(annotation: Any, schema: dict[str, Any]) -> str:
    listed = [part for part in get_args(annotation) or (annotation,) if part is not NoneType]
    if get_origin(annotation) is Literal:
        return ", ".join(code(str(value)) for value in get_args(annotation))
    for part in listed:
        if isinstance(part, type) and issubclass(part, Enum):
            return ", ".join(code(str(member.value)) for member in part)
    shape = next(
        (part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"), schema
    )
    kind = {"array": "list", "object": "block", "boolean": "`true`, `false`"}.get(
        shape.get("type", ""), shape.get("type", "")
    )
    return " ".join(part for part in (kind, _range(shape)) if part)


def _range(shape: dict[str, Any]) -> str:
    parts = []
    for name, words in (
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "to"),
        ("exclusiveMaximum", "below"),
    ):
        if name in shape:
            parts.append(f"{words} {shape[name]:,}")
    return " ".join(parts)
