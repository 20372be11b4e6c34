"""Training data of Rasa: sentences under their intents, in YAML or in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.encoding import Encoding
from iargus.tables.table import Record, Table

MAX_BYTES = 64 << 20
MAX_DEPTH = 20
# [kitchen](room), [kitchen]{"entity": "room"}, [[a](x) b](y) are not nested deeper in practice.
_ENTITY = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")
_ITEM = re.compile(r"^\s*[-*+]\s+(.*)$")
_SECTION = re.compile(r"^##\s*(\w+)\s*:\s*(.*?)\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TEXT, LABEL = "text", "label"

Examples = list[tuple[int, str, str]]  # line, text, label


def open_rasa(content: Content, encoding: Encoding, *, markdown: bool) -> Table:
    """
    Raises:
        DataError: it is no YAML, or holds no intents.
    """
    with content.open() as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"{content.path} is larger than {MAX_BYTES >> 20} MiB: divide it")
    text = data.decode(encoding.codec)
    examples = _of_markdown(text) if markdown else _of_yaml(content, text)
    if not examples:
        raise DataError(
            f"{content.path} is YAML without examples of intents: it should have nlu: with "
            "intents and their examples, as Rasa writes them"
        )

    def read() -> Iterator[Record]:
        for line, sentence, label in examples:
            yield Record(line, [sentence, label])
        content.finish()

    return Table(
        content,
        "Rasa Markdown" if markdown else "Rasa YAML",
        [TEXT, LABEL],
        read,
        understood=["texts by intent, without synonyms, lookups and regexes"],
        roles={TEXT: TEXT, LABEL: LABEL},
    )


def plain(sentence: str) -> str:
    """A sentence without the marks of its entities: `[kitchen](room)` is `kitchen`."""
    before = None
    while before != sentence:
        before, sentence = sentence, _ENTITY.sub(r"\1", sentence)
    return sentence.strip()


def _of_markdown(text: str) -> Examples:
    found: Examples = []
    intent: str | None = None
    without = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(without.splitlines(), start=1):
        if line.startswith("#"):
            section = _SECTION.match(line)
            intent = section[2] if section and section[1].lower() == "intent" else None
            continue
        item = _ITEM.match(line)
        if item and intent and plain(item[1]):
            found.append((number, plain(item[1]), intent))
    return found


def _of_yaml(content: Content, text: str) -> Examples:
    try:
        document = _compose(content, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise DataError(f"{content.path}{where}: no YAML: {problem}") from None
    sections = document.get("nlu") if isinstance(document, dict) else None
    found: Examples = []
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict) and isinstance(section.get("intent"), _Text):
            found += _examples(section["intent"], section.get("examples"))
    return found


class _Text(str):
    """A scalar with the line on which it begins."""

    __slots__ = ("line",)
    line: int


def _examples(intent: str, examples: Any) -> Iterator[tuple[int, str, str]]:
    if isinstance(examples, _Text):
        for number, line in enumerate(examples.splitlines(), start=examples.line):
            item = _ITEM.match(line)
            if item and plain(item[1]):
                yield number, plain(item[1]), str(intent)
    for each in examples if isinstance(examples, list) else []:
        text = each.get("text") if isinstance(each, dict) else each
        if isinstance(text, _Text):
            item = _ITEM.match(text.strip())
            sentence = plain(item[1] if item else text)
            if sentence:
                yield text.line, sentence, str(intent)


def _compose(content: Content, text: str) -> Any:
    """The document as dicts, lists and texts; nothing is made of tags, and nothing is repeated by
    an alias, so that it becomes no larger than it is written."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stack: list[Any] = []
    keys: list[Any] = []
    root: Any = None

    def put(value: Any) -> None:
        nonlocal root
        if not stack:
            root = value if root is None else root
        elif isinstance(stack[-1], list):
            stack[-1].append(value)
        elif keys[-1] is None:
            keys[-1] = value if isinstance(value, str) else "\0"
        else:
            stack[-1][str(keys[-1])] = value
            keys[-1] = None

    for event in yaml.parse(text, Loader=loader):
        line = 0 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise DataError(
                f"{content.path}, line {line}: aliases (*name) are not read: "
                "write out what is meant"
            )
        if isinstance(event, yaml.ScalarEvent):
            text_value = _Text(event.value)
            # A block begins on the line below its sign.
            text_value.line = line + (1 if event.style in ("|", ">") else 0)
            put(text_value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(stack) >= MAX_DEPTH:
                raise DataError(f"{content.path}, line {line}: nested more than {MAX_DEPTH} deep")
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            put(value)
            stack.append(value)
            keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            keys.pop()
    return root
