"""Environment variables: what they mean, and what is said about those that are invalid."""

from __future__ import annotations

from pathlib import Path

import pytest

from iargus.errors import ConfigurationError
from iargus.settings import Environment, Policy, Settings

MYSQL = {"MYSQL_HOST": "db", "MYSQL_USER": "u", "MYSQL_PWD": "p"}
SMTP = {"SMTP_SERVER": "mail", "SMTP_RECIPIENT": "a@example.com, b@example.com"}


def test_nothing_set_means_embedded_and_development() -> None:
    environment = Environment.read({})
    assert environment.mysql is None
    assert environment.smtp is None
    assert environment.mlflow_uri is None
    assert not environment.production
    settings = Settings(environment, Policy())
    assert settings.mlflow_uri == f"sqlite:///{Path('var').absolute()}/mlflow.db"


def test_everything_set_is_read() -> None:
    environment = Environment.read(
        MYSQL | SMTP | {"MYSQL_PORT": "3307", "MYSQL_SSL_CA": "/ca.pem", "SMTP_PORT": "465"}
    )
    assert environment.mysql is not None
    assert (environment.mysql.port, environment.mysql.ssl_ca) == (3307, Path("/ca.pem"))
    assert environment.smtp is not None
    assert environment.smtp.recipients == ("a@example.com", "b@example.com")
    assert environment.smtp.port == 465


@pytest.mark.parametrize(
    ("host", "uri"),
    [
        ("mlflow:5000", "http://mlflow:5000"),
        ("http://mlflow:5000", "http://mlflow:5000"),
        ("https://mlflow.example.com", "https://mlflow.example.com"),
    ],
)
def test_the_mlflow_host_may_have_a_scheme(host: str, uri: str) -> None:
    assert Environment.read({"MLFLOW_HOST": host}).mlflow_uri == uri


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"MYSQL_HOST": "db"}, "MYSQL_USER is not"),
        (MYSQL | {"MYSQL_PORT": "many"}, "MYSQL_PORT"),
        (MYSQL | {"MYSQL_PORT": "70000"}, "MYSQL_PORT"),
        ({"SMTP_SERVER": "mail"}, "SMTP_RECIPIENT names nobody"),
        (SMTP | {"SMTP_RECIPIENT": "nobody"}, "'nobody'"),
        (SMTP | {"SMTP_RECIPIENT": "a@example.com\nBcc: x@example.com"}, "SMTP_RECIPIENT holds"),
        ({"IARGUS_JWT_KEYS": "alone"}, "pair 1 has no secret"),
        ({"IARGUS_JWT_KEYS": "a:short"}, "5 bytes"),
        ({"IARGUS_JWT_KEYS": f"a:{'x' * 64}"}, "repeats 1 characters"),
        ({"IARGUS_JWT_KEYS": f"a:{'changeme' * 4}"}, "can be guessed"),
        ({"IARGUS_JWT_KEYS": f"{'k' * 65}:{'abcdefgh' * 4}"}, "kid"),
        ({"IARGUS_JWT_KEYS": f"a b:{'abcdefgh' * 4}"}, "kid"),
        ({"IARGUS_JWT_KEYS": f"a:{'abcdefgh' * 4},a:{'uvwxyzab' * 4}"}, "'a' twice"),
        ({"IARGUS_JWT_KEYS": f"a:{'abcdefgh' * 4},A:{'uvwxyzab' * 4}"}, "'a' twice"),
        ({"IARGUS_BUNDLE_KEYS": "a:short"}, "IARGUS_BUNDLE_KEYS: the secret of key 'a'"),
        ({"IARGUS_BUNDLE_KEYS": f"a:{'x' * 64}"}, "IARGUS_BUNDLE_KEYS: .* can be guessed"),
        ({"REDIS_URL": "cache:6379"}, "REDIS_URL must be"),
        ({"REDIS_URL": "http://cache:6379"}, "REDIS_URL must be"),
        ({"REDIS_URL": "redis://"}, "REDIS_URL must be"),
        ({"REDIS_URL": "redis://cache:many"}, "REDIS_URL names a port"),
        ({"IARGUS_ENV": "prod"}, "IARGUS_ENV is 'prod'"),
    ],
)
def test_what_has_no_sense_is_named(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Environment.read(environ)


def test_no_secret_is_shown() -> None:
    environ = MYSQL | SMTP | {"MYSQL_PWD": "hunter2hunter2", "SMTP_PWD": "hunter3hunter3"}
    environ |= {"REDIS_URL": "rediss://:hunter4@cache:6380/0"}
    keys = {"IARGUS_JWT_KEYS": f"a:{'topsecret-wording' * 2}"}
    shown = repr(Environment.read(environ | keys))
    for secret in ("hunter2", "hunter3", "hunter4", "topsecret"):
        assert secret not in shown


@pytest.mark.parametrize("url", ["redis://cache:6379/0", "rediss://:p@cache", "unix:///run/redis"])
def test_a_redis_is_named_by_its_address(url: str) -> None:
    environment = Environment.read({"REDIS_URL": url})
    assert environment.redis_url is not None
    assert environment.redis_url.get_secret_value() == url
    assert Environment.read({}).redis_url is None


def test_a_secret_that_is_refused_is_not_shown_either() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Environment.read({"IARGUS_JWT_KEYS": "a:tiny-secret"})
    assert "tiny-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "environ",
    [
        {"WEBSITE_SITE_NAME": "w"},
        {"WEBSITE_SITE_NAME": "w", "IARGUS_ENV": "development"},
        {"IARGUS_ENV": "production"},
    ],
)
def test_azure_is_production(environ: dict[str, str]) -> None:
    assert Environment.read(environ).production


def test_an_empty_variable_counts_as_unset() -> None:
    assert Environment.read({"MYSQL_HOST": "", "SMTP_SERVER": "  "}).mysql is None
