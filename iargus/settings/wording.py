"""What is wrong with a setting, in plain English: its name, its value, and what it may be.

pydantic's own messages speak of inputs and types of Python; people who write `config.yml` know
neither. Somebody who writes 150 for 150 ms, or 20 for 20 %, is helped by the unit alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from iargus.errors import ConfigurationError

Model = TypeVar("Model", bound=BaseModel)

_UNITS = {
    "_s": "seconds",
    "_ms": "milliseconds",
    "_days": "days",
    "_minutes": "minutes",
    "_bytes": "bytes",
    "_rows": "rows",
    "_usd": "US dollars",
    "_per_minute": "requests a minute",
    "fraction": "a share: 20 % is 0.2",
    "coverage": "a share: 90 % is 0.9",
}
_BOUNDS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


_MAX_SHOWN_CHARS = 60
_CLOSE = 0.7
_BLOCKS = ("dict_type", "model_type", "model_attributes_type")
_WHAT: Mapping[str, str] = {
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "a whole number is expected"),
    **dict.fromkeys(("float_parsing", "float_type"), "a number is expected"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "true or false is expected"),
    **dict.fromkeys(("tuple_type", "list_type"), "a list is expected"),
    **dict.fromkeys(_BLOCKS, "a block of settings by name is expected"),
    **dict.fromkeys(("string_too_short", "too_short"), "it must not be empty"),
    **dict.fromkeys(("literal_error", "enum"), "one of {expected} is expected"),
    "int_parsing_size": "the number is too large",
    "finite_number": "a finite number is expected",
    "string_type": "a text is expected",
    "path_type": "the path of a file is expected",
    "missing": "this setting is required",
    "string_pattern_mismatch": "this has the wrong format",
    "string_too_long": "it must have at most {max_length} characters",
    "value_error": "{error}",
}
# Messages of our own, in `settings.fields`, name the value and what it may be.
_WHOLE = {"limit", "share"}
_NO_VALUE = {"missing", "extra_forbidden", "dict_type", "model_type", "value_error", *_WHOLE}


def bound_text(problem: Mapping[str, Any]) -> str | None:
    """What is said of a number beyond its bounds, such as "it must be at most 15 seconds"; None
    for any other problem of pydantic's."""
    bound = _BOUNDS.get(problem["type"])
    if bound is None:
        return None
    key, words = bound
    name = str(problem["loc"][-1]) if problem["loc"] else ""
    unit = max((each for each in _UNITS if name.endswith(each)), key=len, default=None)
    limit = problem["ctx"][key]
    if unit is None:
        return f"it {words} {limit:.10g}"
    measure = _measure(_UNITS[unit])
    return f"it {words} {limit:,.10g}{measure.removesuffix('s') if limit == 1 else measure}"


def _measure(unit: str) -> str:
    return f" ({unit})" if ":" in unit else f" {unit}"


def explain(
    error: ValidationError, model: type[BaseModel], *, prefix: str = "", show: bool = True
) -> str:
    """All that is wrong, in one line.

    Args:
        model: what was validated.
        prefix: stands before each name, such as `tasks.rent.options.`.
        show: whether values may be shown; not where they may be secrets.
    """
    return "; ".join(
        _explain(problem, model, prefix, show=show) for problem in error.errors(include_url=False)
    )


def build(model: type[Model], prefix: str, **values: Any) -> Model:
    """Validate a model whose values may be secrets, and are therefore not shown.

    Raises:
        ConfigurationError: a value is invalid; names `prefix` and the field.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        name, _, what = explain(error, model, show=False).partition(": ")
        variable = prefix + name.upper() if prefix.endswith("_") else prefix + name
        raise ConfigurationError(f"{variable}: {what}") from None


def did_you_mean(name: str, known: Iterator[str] | list[str]) -> str:
    """A question after an unknown name, or nothing where no known one is like it."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=_CLOSE)
    if not found:
        # In another block, or none: `ttl_days` alone.
        last = name.rpartition(".")[2]
        found = [other for other in names if other.rpartition(".")[2] == last][:1]
    return f"; did you mean {found[0]}?" if found else ""


def setting_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """All settings of a block and of those inside, with dots; `*` for a name that is chosen."""
    for name, field in model.model_fields.items():
        inner = _block(field.annotation)
        yield prefix + name
        if inner is not None:
            star = "*." if get_origin(field.annotation) is dict else ""
            yield from setting_names(inner, f"{prefix}{name}.{star}")


def _explain(problem: Any, model: type[BaseModel], prefix: str, *, show: bool) -> str:
    location = [part for part in problem["loc"] if part != "[key]"]
    name = prefix + ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        return f"{name}: there is no such setting{_meant(location, model, prefix)}"
    what = bound_text(problem) or _WHAT.get(problem["type"], problem["msg"])
    if "{" in what:
        what = what.format_map(problem.get("ctx", {}))
    field = _field(model, problem["loc"])
    if "[key]" in problem["loc"]:
        what = "a name has small letters, digits and _, and begins with a letter"
        field = None
    given = ""
    if show and problem["type"] not in _NO_VALUE:
        given = _shown(problem["input"])
    is_whole = field is None or problem["type"] in _WHOLE
    about = f" ({field.description})" if field and field.description and not is_whole else ""
    return f"{name}: {given}{what}{about}"


def _shown(value: object) -> str:
    """A value and a colon; nothing for a block or a list."""
    if value is None:
        return "nothing: "
    if not isinstance(value, str | int | float):
        return ""
    text = repr(value)
    return (text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}…") + ": "


def _meant(location: list[int | str], model: type[BaseModel], prefix: str) -> str:
    block: type[BaseModel] = model
    around = list(location[:-1])
    path: list[str] = []
    for part in around:
        field = block.model_fields.get(str(part))
        path.append(str(part))
        if field is not None:
            block = _block(field.annotation) or block
    here = ".".join(path) + "." if path else ""
    siblings = [f"{prefix}{here}{name}" for name in block.model_fields]
    wanted = f"{prefix}{here}{location[-1]}"
    found = difflib.get_close_matches(wanted, siblings, n=1, cutoff=_CLOSE)
    last = difflib.get_close_matches(
        str(location[-1]), list(block.model_fields), n=1, cutoff=_CLOSE
    )
    if found and last:
        return f"; did you mean {prefix}{here}{last[0]}?"
    return did_you_mean(wanted, [prefix + name for name in setting_names(model)])


def _field(model: type[BaseModel], location: tuple[int | str, ...]) -> FieldInfo | None:
    block: type[BaseModel] | None = model
    found: FieldInfo | None = None
    for part in location:
        field = block.model_fields.get(str(part)) if block is not None else None
        if field is not None:
            found = field
            block = _block(field.annotation)
    return found


def _block(annotation: Any) -> type[BaseModel] | None:
    """The model of a block, or of the blocks in a mapping."""
    if get_origin(annotation) is dict:
        annotation = get_args(annotation)[1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
