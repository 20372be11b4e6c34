"""A setting that is wrong is named in words that need no knowledge of Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from iargus.errors import ConfigurationError
from iargus.settings import Environment, Policy
from iargus.settings.tasks import TaskPolicy
from iargus.settings.wording import explain, setting_names
from iargus.tasks.catalogue import Catalogue

TASK = "tasks: {a: {kind: car_price, path: /a, threshold: 0.2, %s}}"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        Policy.read(path)
    return str(raised.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "unknown", "meant"),
    [
        ("tokens: {ttl_day: 3}", "tokens.ttl_day", "tokens.ttl_days"),
        ("tokens: {ttl-days: 3}", "tokens.ttl-days", "tokens.ttl_days"),
        ("ttl_days: 3", "ttl_days", "tokens.ttl_days"),
        ("token: {ttl_days: 3}", "token", "tokens"),
        ("limits: {ttl_days: 3}", "limits.ttl_days", "tokens.ttl_days"),
        ("log-level: info", "log-level", "log_level"),
        (TASK % "treshold: 1", "tasks.a.treshold", "tasks.a.threshold"),
        (TASK % "serve_uncompield: true", "tasks.a.serve_uncompield", "tasks.a.serve_uncompiled"),
        ("server: {rootpath: /x}", "server.rootpath", "server.root_path"),
    ],
)
def test_a_slip_in_a_name_is_told_with_what_was_meant(
    tmp_path: Path, text: str, unknown: str, meant: str
) -> None:
    expected = f"{unknown}: there is no such setting; did you mean {meant}?"
    assert expected in refused(tmp_path, text)


def test_a_name_like_no_other_is_only_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "colour: red") == "colour: there is no such setting"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tokens: {ttl_days: 0}", "tokens.ttl_days: 0: it must be at least 1 day (.*valid"),
        (
            "tokens: {ttl_days: 9999}",
            "tokens.ttl_days: 9999: it must be at most 3,650 days",
        ),
        ("tokens: {ttl_days: soon}", "tokens.ttl_days: 'soon': a whole number is expected"),
        ("tokens: {ttl_days: 1.5}", "tokens.ttl_days: 1.5: a whole number is expected"),
        ("tokens: {ttl_days: }", "tokens.ttl_days: nothing: a whole number is expected"),
        ("tokens: 5", "tokens: a block of settings by name is expected"),
        ("limits: {enabled: maybe}", "limits.enabled: 'maybe': true or false is expected"),
        ("log_level: loud", "log_level: 'loud': one of 'debug', 'info'"),
        ("issuing: {mode: opn}", "issuing.mode: 'opn': one of 'open', 'allow-list'"),
        ("issuing: {allow: a}", "issuing.allow: 'a': a list is expected"),
        ("mail: {timeout_s: 0}", "mail.timeout_s: 0: it must be more than 0 seconds"),
        (
            "monitoring: {holdout_fraction: 1}",
            "monitoring.holdout_fraction: a share between 0",
        ),
        ("tasks: {}", "tasks: it must not be empty"),
        ("tasks: {Big: {kind: x, path: /x, threshold: 1}}", "tasks.Big: .*small letters"),
        ("tasks: {a: {kind: x, path: x, threshold: 1}}", "tasks.a.path: 'x': .*such as /predict"),
        ("tasks: {a: {kind: x, path: /x}}", "tasks.a.threshold: this setting is required"),
        ("tls: {certificate: 5}", "tls.certificate: 5: the path of a file is expected"),
        ("cors: {allowed_origins: [x]}", "cors.allowed_origins.0: an origin is"),
    ],
)
def test_a_value_that_has_no_sense_is_told_with_what_it_may_be(
    tmp_path: Path, text: str, told: str
) -> None:
    pattern = re.escape(told).replace(r"\.\*", ".*")
    assert re.match(pattern, refused(tmp_path, text))


PYDANTIC = (
    r"Input should|Extra inputs|Value error|valid (integer|string|boolean)|\[type=|validation"
)


def every_setting() -> list[str]:
    return [name for name in setting_names(Policy) if not name.endswith(".options")]


@pytest.mark.parametrize(
    "value", ["[]", "{}", "x", "-1", "1.5", ".inf", ".nan", "true", "", "1e99"]
)
def test_no_setting_is_refused_in_pydantics_words(value: str) -> None:
    for name in every_setting():
        *blocks, last = name.replace("*", "a").split(".")
        document: Any = {last: yaml.safe_load(value)}
        for block in reversed(blocks):
            document = {block: document}
        try:
            Policy.model_validate(document)
        except ValidationError as error:
            told = explain(error, Policy)
            assert not re.search(PYDANTIC, told), told
            assert told.startswith(name.split(".")[0]), told


def test_an_option_of_a_task_is_told_in_the_same_way() -> None:
    for options, told in (
        ({"coverige": 0.9}, r"tasks\.a\.options\.coverige: .*mean tasks\.a\.options\.coverage\?"),
        ({"coverage": 90}, r"tasks\.a\.options\.coverage: 90: it must be at most 0.99"),
    ):
        block = TaskPolicy(kind="car_price", path="/a", threshold=0.2, options=options)
        with pytest.raises(ConfigurationError, match=told):
            Catalogue.read(Policy(tasks={"a": block}))


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"IARGUS_JWT_KEY": "k:x"}, r"IARGUS_JWT_KEY is no variable .*mean IARGUS_JWT_KEYS\?"),
        ({"IARGUS_CONFG": "x"}, r"IARGUS_CONFG is no variable .*mean IARGUS_CONFIG\?"),
        (
            {"MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_PORT": "secret"},
            "MYSQL_PORT: a whole number is expected",
        ),
        (
            {"MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_PORT": "70000"},
            "MYSQL_PORT: it must be at most 65535",
        ),
    ],
)
def test_a_variable_that_is_wrong_is_named(environ: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as raised:
        Environment.read(environ)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("name", ["IARGUS_NAME", "IARGUS_DATA", "IARGUS_SOCKET", "IARGUS_TEST_X"])
def test_variables_of_others_are_passed_over(name: str) -> None:
    Environment.read({name: "x"})


def test_every_setting_has_a_name_with_dots() -> None:
    names = list(setting_names(Policy))
    assert {"tokens.ttl_days", "tasks.*.threshold", "log_level"} <= set(names)
