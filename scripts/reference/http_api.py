"""The HTTP API, from the OpenAPI description that the service itself gives at `/openapi.json`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.settings import Settings
from scripts.reference.markdown import code, table

ROOT = Path(__file__).parents[2]
Document = Mapping[str, Any]


def description() -> Document:
    """The description of the service as `config.yml` has it; nothing is started or connected."""
    with tempfile.TemporaryDirectory() as var_dir:
        settings = Settings.read({"IARGUS_VAR": var_dir, "IARGUS_CONFIG": str(ROOT / "config.yml")})
        document: Document = create_app(Services(settings)).openapi()
        return document


def markdown() -> str:
    """A section for each tag, and in it one for each route; the schemas at the end."""
    document = description()
    parts = []
    for tag in document["tags"]:
        parts.append(f"## {tag['name']}\n\n{tag['description']}.")
        parts += [
            _route(document, method, path, operation)
            for path, method, operation in operations(document)
            if tag["name"] in operation["tags"]
        ]
    parts.append("## Schemas")
    for name, schema in document["components"]["schemas"].items():
        parts.append(_schema(name, schema))
    return "\n\n".join(parts)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Path, method and operation of every route."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _route(document: Document, method: str, path: str, operation: Document) -> str:
    parts = [f"### `{method} {path}`", f"{operation['summary']}."]
    if operation.get("description"):
        parts.append(operation["description"])
    parts.append("Needs a token." if operation.get("security") else "Needs no token.")
    if operation.get("parameters"):
        rows = [
            (
                code(each["name"]),
                each["in"],
                "yes" if each.get("required") else "no",
                _kind(each.get("schema", {})),
                each.get("description", ""),
            )
            for each in (_resolve(document, parameter) for parameter in operation["parameters"])
        ]
        parts.append(table(("parameter", "in", "required", "type", "meaning"), rows))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if body:
        parts.append(f"Request body: {_kind(body['schema'])}.")
    answers = [
        (status, response["description"], _content(response))
        for status, response in operation["responses"].items()
    ]
    parts.append(table(("status", "meaning", "body"), answers))
    return "\n\n".join(parts)


def _resolve(document: Document, value: Document) -> Document:
    if "$ref" not in value:
        return value
    found: Any = document
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    resolved: Document = found
    return resolved


def _content(response: Document) -> str:
    kinds = []
    for media, content in response.get("content", {}).items():
        schema = _kind(content.get("schema", {}))
        kinds.append(schema if schema.startswith("[") else code(media))
    return ", ".join(kinds)


def _kind(schema: Document) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#schema-{name.lower()})"
    for combined in ("anyOf", "oneOf", "allOf"):
        if combined in schema:
            kinds = dict.fromkeys(_kind(part) for part in schema[combined])
            return " or ".join(kinds)
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return ", ".join(code(json.dumps(value)) for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _schema(name: str, schema: Document) -> str:
    parts = [f"(schema-{name.lower()})=\n### {name}"]
    if schema.get("description"):
        parts.append(schema["description"])
    needed = schema.get("required", [])
    rows = [
        (
            code(field),
            "yes" if field in needed else "no",
            _kind(value),
            _limits(value),
            value.get("description", ""),
        )
        for field, value in schema.get("properties", {}).items()
    ]
    if rows:
        parts.append(table(("field", "required", "type", "limits", "meaning"), rows))
    for example in schema.get("examples", [])[:1]:
        shown = json.dumps(example, indent=2, ensure_ascii=False)
        parts.append(f"```json\n{shown}\n```")
    return "\n\n".join(parts)


def _limits(schema: Document) -> str:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "above",
        "exclusiveMaximum": "below",
        "minLength": "length from",
        "maxLength": "length to",
        "minItems": "items from",
        "maxItems": "items to",
    }
    return ", ".join(f"{text} {schema[name]:,}" for name, text in words.items() if name in schema)
