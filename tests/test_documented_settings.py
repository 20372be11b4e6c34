"""Settings, variables and options that documentation and deployment files name are those there
are."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from iargus.settings import Policy
from iargus.settings.wording import explain, setting_names
from iargus.tasks.catalogue import Catalogue
from scripts.reference.commands import commands

ROOT = Path(__file__).parents[1]
LISTED = subprocess.run(
    ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split("\0")
FILES = [
    path
    for path in map(ROOT.joinpath, filter(None, LISTED))
    if path.suffix == ".md" or path.is_relative_to(ROOT / "deploy") or path.name == "config.yml"
    if path.suffix not in {".png", ".svg"} and path.name != "CHANGELOG.md" and path.is_file()
]
# Where a name is only a name: prose about what was, or is elsewhere.
CODE = [
    path
    for path in map(ROOT.joinpath, filter(None, LISTED))
    if path.suffix in {".py", ".sh", ".env", ".yml", ".yaml", ".toml", ".ini", ".conf", ".json"}
    or path.name in {"Makefile", "run", "lock", "iargus.env", "Dockerfile"}
    or "scripts" in path.parts
]
BLOCKS = [name for name in Policy.model_fields if name != "log_level"]
FILES_OF_CODE = {"py", "md", "json", "yml", "yaml", "db", "pkl", "key", "html", "bin", "conf", "sh"}
OPTIONS = {
    f"tasks.*.options.{name}"
    for task in Catalogue.read(Policy())
    for name in type(task.options).model_fields
}
SETTINGS = {*setting_names(Policy), *OPTIONS}


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def named_settings(text: str) -> Iterator[str]:
    """Names with dots whose first part is a block of `config.yml`, in code of any kind."""
    spans = re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL)
    pattern = rf"(?<![\w/.\"'-])((?:{'|'.join(BLOCKS)})\.[a-zA-Z_*][\w*]*(?:\.[\w*]+)*)(?![\w(/])"
    for span in spans:
        for name in re.findall(pattern, span):
            if name.rpartition(".")[2] not in FILES_OF_CODE:
                yield name


def star(name: str) -> str:
    """The name of a task is chosen."""
    return re.sub(r"^tasks\.[A-Za-z_*]\w*", "tasks.*", name)


@pytest.mark.parametrize("page", FILES, ids=ids)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(named_settings(page.read_text(encoding="utf-8")))
    unknown = {name for name in named if star(name).removesuffix(".*") not in SETTINGS}
    assert not unknown


def test_a_setting_that_does_not_exist_would_be_found() -> None:
    text = (
        "`limits.client_address_header` and `tokens.ttl_days: 3`, see `limits.py`\n```\ntls.x\n```"
    )
    assert list(named_settings(text)) == [
        "limits.client_address_header",
        "tokens.ttl_days",
        "tls.x",
    ]


@pytest.mark.parametrize("page", FILES, ids=ids)
def test_every_block_of_configuration_that_is_shown_is_valid(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = [text] if page.name == "config.yml" else re.findall(r"```ya?ml\n(.*?)```", text, re.S)
    for block in blocks:
        document: Any = yaml.safe_load(block.replace("…", "x"))
        if not isinstance(document, dict) or not set(document) & set(Policy.model_fields):
            continue
        try:
            Policy.model_validate(document)
        except ValidationError as error:
            pytest.fail(f"{explain(error, Policy)}\n{block}")


@pytest.mark.parametrize("page", FILES, ids=ids)
def test_every_environment_variable_that_is_named_is_read_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\b((?:IARGUS|MYSQL|SMTP|REDIS)_[A-Z][A-Z_]*[A-Z])\b", text))
    read = "\n".join(path.read_text(encoding="utf-8") for path in CODE if path != page)
    # What a page sets for its own commands is read there.
    own = {name for name in re.findall(r"\b([A-Z_]+)=", text) if re.search(rf"\$\{{?{name}", text)}
    assert not {name for name in named - own if not re.search(rf"\b{name}\b", read)}


def test_every_option_in_the_text_belongs_to_some_command() -> None:
    """Those beside a command are looked at by `tests/test_documentation.py`; these stand alone."""
    known = {"--help"}
    for _, command in commands():
        known |= {option for parameter in command.params for option in parameter.opts}
    known |= {"--public-access", "--slot", "--keep-alive"}  # of `az` and gunicorn
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        alone = set(re.findall(r"`(--[a-z][a-z-]+)(?: [^`]*)?`", text)) - known
        # Of a program of `bench`, or of one that a script starts.
        unknown = {option for option in alone if not re.search(rf"{option}(?![\w-])", code)}
        assert not unknown, page.name
