"""What is wrong with a setting, in plain English: its name, what it was given, what it may be.

pydantic's own messages speak of inputs and types of Python; people who write `config.yml` know
neither.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from iargus.settings.bounds import bound_text

_MAX_SHOWN_CHARS = 60
_CLOSE = 0.7
_WHAT: Mapping[str, str] = {
    "int_parsing": "a whole number is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "int_parsing_size": "the number is too large",
    "float_parsing": "a number is expected",
    "float_type": "a number is expected",
    "finite_number": "a finite number is expected",
    "bool_parsing": "true or false is expected",
    "bool_type": "true or false is expected",
    "string_type": "a text is expected",
    "path_type": "the path of a file is expected",
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "dict_type": "a block of settings by name is expected",
    "model_type": "a block of settings by name is expected",
    "model_attributes_type": "a block of settings by name is expected",
    "missing": "this setting is required",
    "string_pattern_mismatch": "this has not the form that is expected",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must have at most {max_length} characters",
    "too_short": "it must not be empty",
    "literal_error": "one of {expected} is expected",
    "enum": "one of {expected} is expected",
    "value_error": "{error}",
}
# Messages of our own, of `settings.shares`, name the value and what it may be.
_WHOLE = {"limit", "share"}
_NO_VALUE = {"missing", "extra_forbidden", "dict_type", "model_type", "value_error", *_WHOLE}


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
