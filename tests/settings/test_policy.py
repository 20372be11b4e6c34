"""`config.yml`: defaults and slips; tests/docs/test_reference.py has how settings are worded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from iargus.errors import ConfigurationError
from iargus.settings import Policy
from iargus.settings.tasks import TaskPolicy
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
        ("tasks: {Big: {kind: x, path: /x, threshold: 0.5}}", "tasks.Big"),
        ("tasks: {a: {kind: car_price, path: predict, threshold: 0.5}}", "tasks.a.path"),
        (
            "tasks:\n  a: {kind: car_price, path: /x, threshold: 0.5}\n"
            "  b: {kind: car_price, path: /x, threshold: 0.5}",
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
    policy = Policy(tasks={"a": TaskPolicy(kind=kind, path="/a", threshold=0.5)})
    with pytest.raises(ConfigurationError, match=words):
        Catalogue.read(policy)


def test_an_option_that_has_no_sense_is_named() -> None:
    block = TaskPolicy(kind="car_price", path="/a", threshold=0.5, options={"coverage": 7})
    with pytest.raises(ConfigurationError, match=r"tasks\.a\.options\.coverage"):
        Catalogue.read(Policy(tasks={"a": block}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20", "a share: 20 is 2,000 %; 20 % is 0.2"),
        ("1", "a share: 1 is 100 %"),
        ("1.5", "a share: 1.5 is 150 %; 1.5 % is 0.015"),
        ("200", "a share: 200 is 20,000 %"),
        ("0", "a share above 0"),
        ("-0.2", "a share above 0"),
        (".nan", "a share above 0"),
        (".inf", "a share above 0"),
    ],
)
def test_a_limit_in_percent_is_refused(tmp_path: Path, text: str, words: str) -> None:
    block = f"tasks: {{a: {{kind: car_price, path: /a, threshold: {text}}}}}"
    with pytest.raises(ConfigurationError) as refused:
        Policy.read(written(tmp_path, block))
    assert f"tasks.a.threshold: {words}" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("monitoring: {holdout_fraction: 50}", "a share: 50 is 5,000 %; 50 % is 0.5"),
        ("monitoring: {holdout_fraction: 1}", "a share between 0 and 1"),
        (
            "database: {answer_timeout_s: 150}",
            "150: it must be at most 60 seconds",
        ),
        ("registry: {timeout_s: 20000}", "20000: it must be at most 600 seconds"),
        ("requests: {max_body_bytes: 1}", "1: it must be at least 1,024 bytes"),
        ("tokens: {ttl_days: 15552000}", "15552000: it must be at most 3,650 days"),
        ("mail: {timeout_s: .inf}", "inf: it must be at most 600 seconds"),
    ],
)
def test_a_number_in_another_unit_is_refused_with_its_unit(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Policy.read(written(tmp_path, text))
    assert words in str(refused.value)


def numbers_without_bounds(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from numbers_without_bounds(annotation)
        kinds = {annotation, *getattr(annotation, "__args__", ())} & {int, float}
        known = {type(each).__name__ for each in field.metadata}
        low, high = known & {"Ge", "Gt"}, known & {"Le", "Lt"}
        if kinds and "AfterValidator" not in known and not (low and high):
            yield f"{model.__name__}.{name}"


def test_every_number_has_a_lower_and_an_upper_bound() -> None:
    options = [type(task.options) for task in Catalogue.read(Policy())]
    models: list[type[BaseModel]] = [Policy, TaskPolicy, *options]
    assert [name for model in models for name in numbers_without_bounds(model)] == []


def test_an_option_in_percent_and_prices_that_leave_none_are_refused() -> None:
    for options, words in (
        ({"coverage": 90}, r"coverage: 90: it must be at most 0\.99 \(a share: 90 % is 0\.9\)"),
        ({"minimum_price_usd": 600_000}, "every price is refused"),
    ):
        block = TaskPolicy(kind="car_price", path="/a", threshold=0.5, options=options)
        with pytest.raises(ConfigurationError, match=words):
            Catalogue.read(Policy(tasks={"a": block}))
