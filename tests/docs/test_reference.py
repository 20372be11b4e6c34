"""The reference is generated from the code, and has all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from iargus.api.openapi.remedies import REMEDIES
from iargus.api.problems import TABLE
from iargus.metrics.families import FAMILIES, LABELS
from iargus.settings import Environment, Policy
from iargus.settings.tasks import TaskPolicy
from iargus.settings.variables import VARIABLES
from scripts.reference import commands, http_api, metrics, problems, python_api
from scripts.reference.markdown import table
from scripts.reference.pages import ELSEWHERE, GENERATORS, expand, linked
from scripts.reference.settings import Setting, environment, settings
from scripts.reference.settings import markdown as settings_page
from tests.docs.blocks import PAGES, ROOT, ids

SETTINGS = list(settings())


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_says_what_it_is_its_default_and_its_unit(setting: Setting) -> None:
    assert setting.description, "Field(description=...)"
    assert setting.description[0].isupper() or setting.description[0] == "`"
    if setting.default is None:
        assert setting.name.startswith("tasks.*."), "only a task's own settings may be required"
    if setting.is_number:
        assert setting.unit, 'the name ends with its unit, or json_schema_extra={"unit": ...}'
    assert setting.values
    assert f"`{setting.name.rpartition(': ')[2]}`" in settings_page() or ": " in setting.name


def test_every_block_of_the_policy_is_there() -> None:
    page = settings_page()
    for name in Policy.model_fields:
        assert re.search(rf"^\| `({name}|{name}\.\S+|tasks\.\*\.\S+)` \|", page, re.MULTILINE), name
    for name in TaskPolicy.model_fields:
        assert f"| `tasks.*.{name}` |" in page


def test_every_variable_that_is_read_is_described() -> None:
    source = (ROOT / "iargus" / "settings" / "environment.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:MYSQL|MLFLOW|SMTP|REDIS|IARGUS)_[A-Z_]*[A-Z])"', source))
    listed = {variable.name for variable in VARIABLES}
    assert read <= listed
    assert {"PORT", "WORKERS"} <= listed
    page = environment()
    assert all(f"| `{name}` |" in page for name in listed)


def test_nothing_is_required_of_the_environment() -> None:
    assert Environment.read({}).production is False


def test_every_problem_has_a_remedy() -> None:
    labels = problems.statuses()
    assert set(REMEDIES) == set(labels)
    page = problems.markdown()
    for status, label in TABLE.values():
        section = page.partition(f"## {status} ")[2].partition("\n## ")[0]
        assert f"| `{label}` |" in section


def test_labels_of_problems_in_the_code_are_listed() -> None:
    """Also those that no error stands for: they are written where they are answered."""
    known = set(problems.statuses())
    for folder in ("api/routes", "server"):
        for path in (ROOT / "iargus" / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for call in re.findall(r"problem_response\(\s*\d+,\s*\"([A-Z_]+)\"", text):
                assert call in known, f"{path}: {call}"
            for label in re.findall(r'"label": "([A-Z_]+)"', text):
                assert label in known, f"{path}: {label}"


def test_every_metric_and_label_is_described() -> None:
    page = metrics.markdown()
    for family in FAMILIES:
        assert f"| `{metrics.exposed_name(family)}` | {metrics.exposed_kind(family)} |" in page
        assert family.help
        assert family.help[0].isupper()
        assert set(family.labels) <= set(LABELS)
    assert {label for family in FAMILIES for label in family.labels} == set(LABELS)


def test_every_command_is_there_and_says_what_it_does() -> None:
    page = commands.markdown()
    found = dict(commands.commands())
    assert {"iargus", "iargus monitor history", "iargus keys rotate"} <= set(found)
    for name, command in found.items():
        assert f"# `{name}`\n" in page
        assert command.help, name
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                assert parameter.help, f"{name} {parameter.name}"


def test_every_route_is_there() -> None:
    page = http_api.markdown()
    document = http_api.description()
    routes = [f"{method} {path}" for path, method, _ in http_api.operations(document)]
    assert "POST /predict" in routes
    for route in routes:
        assert page.count(f"### `{route}`\n") == 1, route
    for name in re.findall(r"\(#(schema-[a-z]+)\)", page):
        assert f"({name})=\n" in page


def test_the_python_api_names_modules_that_can_be_imported() -> None:
    assert "iargus.monitoring.stats.performance.verdict" in python_api.modules(
        "iargus.monitoring.stats"
    )
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in re.findall(r"<!-- generated: python (\S+) -->", text):
        assert list(python_api.modules(name))


def test_every_generator_has_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"<!-- generated: (\S+)", text)) == set(GENERATORS)


@pytest.mark.parametrize(("source", "page"), ELSEWHERE.items())
def test_what_lies_elsewhere_is_shown_as_a_page(source: str, page: str) -> None:
    marker = f"<!-- page: {source} -->\n"
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == marker
    assert expand(marker, page).startswith("# ")


def test_links_of_the_repository_become_links_of_the_site() -> None:
    def shown(text: str) -> str:
        return linked(text, "docs/how-to/azure.md", "how-to/azure.md")

    assert shown("[a](../explanation/security.md#keys)") == "[a](../explanation/security.md#keys)"
    assert shown("[nginx](../../deploy/nginx/README.md)") == "[nginx](nginx.md)"
    assert shown("[nginx](../../deploy/nginx)") == "[nginx](nginx.md)"
    assert shown("[the lock](../../requirements.txt)") == "the lock (`requirements.txt`)"
    assert shown("[`Makefile`](../../Makefile)") == "`Makefile`"
    assert shown("[RFC](https://www.rfc-editor.org/)") == "[RFC](https://www.rfc-editor.org/)"


def test_a_cell_of_a_table_cannot_break_it() -> None:
    assert table(("a", "b"), [("x|y", "two\nlines")]).splitlines()[-1] == "| x\\|y | two lines |"


def _sections() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for setting in SETTINGS:
        section, _, name = setting.name.partition(".")
        found.setdefault(section, set()).add(name)
    return found


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "CHANGELOG"], ids=ids)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    known = _sections()
    for section, name in re.findall(r"`([a-z]+)\.([a-z_]+)`", page.read_text(encoding="utf-8")):
        if section in known and section != "tasks" and name not in {"yml", "py"}:
            assert name in known[section], f"{section}.{name}"
