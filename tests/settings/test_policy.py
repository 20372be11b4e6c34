"""`config.yml`: defaults, slips and documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from iargus.errors import ConfigurationError
from iargus.settings import Policy
from iargus.settings.policy import TaskPolicy
from iargus.tasks.catalogue import Catalogue

ROOT = Path(__file__).parents[2]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    policy = Policy.read(written(tmp_path, ""))
    assert policy.tokens.ttl_days == 180
    assert list(policy.tasks) == ["car_price", "intent"]


def test_the_shipped_file_is_valid_and_says_the_defaults() -> None:
    shipped = Policy.read(ROOT / "config.yml")
    assert shipped == Policy()
    assert Catalogue.read(shipped).names() == ["car_price", "intent"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tokens: {ttl_day: 3}", r"tokens.ttl_day: .*did you mean tokens.ttl_days\?"),
        ("tokens: {ttl_days: 0}", "tokens.ttl_days"),
        ("tokens: [", "cannot be read"),
        ("- tokens", "must hold settings by name"),
        ("tasks: {}", "tasks"),
        ("tasks: {Big: {kind: x, path: /x, threshold: 1}}", "tasks.Big"),
        ("tasks: {a: {kind: car_price, path: predict, threshold: 1}}", "tasks.a.path"),
        (
            "tasks:\n  a: {kind: car_price, path: /x, threshold: 1}\n"
            "  b: {kind: car_price, path: /x, threshold: 1}",
            "two tasks want the path /x",
        ),
    ],
)
def test_a_slip_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Policy.read(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"IARGUS_CONFIG says where"):
        Policy.read(tmp_path / "config.yml")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no_such_kind", "no module iargus.tasks.no_such_kind"),
        ("no.such:Kind", "no module no"),
        ("iargus.tasks.base:Input", "must name one subclass"),
        ("iargus.tasks.base:Nothing", "must name one subclass"),
    ],
)
def test_a_kind_that_cannot_be_found_is_named(kind: str, words: str) -> None:
    policy = Policy(tasks={"a": TaskPolicy(kind=kind, path="/a", threshold=1)})
    with pytest.raises(ConfigurationError, match=words):
        Catalogue.read(policy)


def test_an_option_that_has_no_sense_is_named() -> None:
    block = TaskPolicy(kind="car_price", path="/a", threshold=1, options={"coverage": 7})
    with pytest.raises(ConfigurationError, match=r"tasks\.a\.options\.coverage"):
        Catalogue.read(Policy(tasks={"a": block}))


def setting_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from setting_names(annotation, f"{prefix}{name}.")
        elif name != "tasks":
            yield prefix + name


ENVIRONMENT = [
    *("MYSQL_HOST", "MYSQL_USER", "MYSQL_PWD", "MYSQL_PORT", "MYSQL_SSL_CA", "MLFLOW_HOST"),
    *("SMTP_SERVER", "SMTP_PORT", "SMTP_LOGIN", "SMTP_PWD", "SMTP_RECIPIENT"),
    "REDIS_URL",
    *("IARGUS_JWT_KEYS", "IARGUS_ENV", "IARGUS_CONFIG", "IARGUS_VAR", "PORT", "WORKERS"),
]
OPTIONS = [
    f"options.{name}"
    for task in Catalogue.read(Policy())
    for name in setting_names(type(task.options))
]


@pytest.mark.parametrize(
    "name",
    [
        *ENVIRONMENT,
        *setting_names(Policy),
        *(f"tasks.*.{name}" for name in setting_names(TaskPolicy)),
        *OPTIONS,
    ],
)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_has_a_description() -> None:
    def undescribed(model: type[BaseModel]) -> Iterator[str]:
        for name, field in model.model_fields.items():
            annotation: Any = field.annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from undescribed(annotation)
            elif not field.description:
                yield f"{model.__name__}.{name}"

    assert [*undescribed(Policy), *undescribed(TaskPolicy)] == []
