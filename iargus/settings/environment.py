"""The environment variables: where servers are, and secrets. Read once, then passed along."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from iargus.errors import ConfigurationError
from iargus.settings.published_secrets import PUBLISHED_SECRETS
from iargus.settings.wording import explain

Model = TypeVar("Model", bound=BaseModel)
AKey = TypeVar("AKey", bound="Key")
_PREFIX = "IARGUS_"
_VARIABLES = ("IARGUS_JWT_KEYS", "IARGUS_BUNDLE_KEYS", "IARGUS_ENV", "IARGUS_CONFIG", "IARGUS_VAR")
_SLIP = 0.75
# Of 32 random characters in base64 or hex, fewer are as good as impossible.
MIN_DISTINCT_CHARS = 8
_PASSWORDS = {"MYSQL_PWD", "SMTP_PWD"}
Port = Annotated[int, Field(ge=1, le=65535)]


class MySQLServer(BaseModel):
    """A MySQL 8 or MariaDB server, from `MYSQL_*`."""

    model_config = ConfigDict(frozen=True)

    host: str
    user: str
    password: SecretStr
    port: Port = 3306
    ssl_ca: Path | None = None


class SmtpServer(BaseModel):
    """A mail server, from `SMTP_*`. Port 465 is spoken with SSL, any other with STARTTLS."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: Port = 587
    login: str | None = None
    password: SecretStr | None = None
    recipients: tuple[str, ...]


class Key(BaseModel):
    """A signing key: `kid` names it wherever it has signed, the secret never leaves."""

    model_config = ConfigDict(frozen=True)

    kid: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    secret: SecretStr


class JwtKey(Key):
    """A key that signs tokens."""


class BundleKey(Key):
    """A key that signs versions of models."""


class Environment(BaseModel):
    """Everything that comes from environment variables."""

    model_config = ConfigDict(frozen=True)

    mysql: MySQLServer | None = None
    mlflow_uri: str | None = None
    smtp: SmtpServer | None = None
    redis_url: SecretStr | None = None
    jwt_keys: tuple[JwtKey, ...] = ()
    bundle_keys: tuple[BundleKey, ...] = ()
    config_path: Path = Path("config.yml")
    var_dir: Path = Path("var")
    production: bool = False
    on_azure: bool = False

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Environment:
        """Read the variables of `environ`; an empty variable counts as unset. Blanks around values
        do not count, except in passwords, which are taken as they are.

        Raises:
            ConfigurationError: a variable is missing beside its companions, or is invalid.
        """
        values = {name: _taken(name, value) for name, value in environ.items()}
        values = {name: value for name, value in values.items() if value}
        _refuse_slips(values)
        on_azure = "WEBSITE_SITE_NAME" in values
        known = {"production", "development"}
        stage = values.get("IARGUS_ENV", "production" if on_azure else "development")
        if stage not in known:
            raise ConfigurationError(f"IARGUS_ENV is {stage!r}; it may be {' or '.join(known)}")
        return cls(
            mysql=_mysql(values),
            mlflow_uri=_mlflow_uri(values.get("MLFLOW_HOST")),
            smtp=_smtp(values),
            redis_url=_redis_url(values.get("REDIS_URL")),
            jwt_keys=_keys(JwtKey, "IARGUS_JWT_KEYS", values),
            bundle_keys=_keys(BundleKey, "IARGUS_BUNDLE_KEYS", values),
            config_path=Path(values.get("IARGUS_CONFIG", "config.yml")),
            var_dir=Path(values.get("IARGUS_VAR", "var")).absolute(),
            production=on_azure or stage == "production",
            on_azure=on_azure,
        )


def _taken(name: str, value: str) -> str:
    if name not in _PASSWORDS:
        return value.strip()
    # The end of a line is the file's that a platform has read the variable from.
    return value.removesuffix("\n").removesuffix("\r")


def _mysql(values: Mapping[str, str]) -> MySQLServer | None:
    if "MYSQL_HOST" not in values:
        return None
    if "MYSQL_USER" not in values:
        raise ConfigurationError("MYSQL_HOST is set, but MYSQL_USER is not")
    return _build(
        MySQLServer,
        "MYSQL_",
        host=values["MYSQL_HOST"],
        user=values["MYSQL_USER"],
        password=values.get("MYSQL_PWD", ""),
        port=values.get("MYSQL_PORT", "3306"),
        ssl_ca=values.get("MYSQL_SSL_CA"),
    )


def _mlflow_uri(host: str | None) -> str | None:
    if host is None or "://" in host:
        return host
    return f"http://{host}"


def _redis_url(url: str | None) -> SecretStr | None:
    if url is None:
        return None
    # Not shown: it may hold a password.
    scheme, separator, place = url.partition("://")
    if scheme not in {"redis", "rediss", "unix"} or not separator or not place.strip("/"):
        raise ConfigurationError(
            "REDIS_URL must be redis://host:port/0, rediss:// for TLS, or unix:///path; "
            "a password goes before the host, as in redis://:password@host"
        )
    try:
        if scheme != "unix":
            _ = urlsplit(url).port
    except ValueError:
        raise ConfigurationError("REDIS_URL names a port that is none") from None
    return SecretStr(url)


def _smtp(values: Mapping[str, str]) -> SmtpServer | None:
    if "SMTP_SERVER" not in values:
        return None
    addresses = [part.strip() for part in values.get("SMTP_RECIPIENT", "").split(",")]
    recipients = tuple(address for address in addresses if address)
    if not recipients:
        raise ConfigurationError("SMTP_SERVER is set, but SMTP_RECIPIENT names nobody to mail to")
    for address in recipients:
        try:
            validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ConfigurationError(f"SMTP_RECIPIENT holds {address!r}: {error}") from None
    return _build(
        SmtpServer,
        "SMTP_",
        host=values["SMTP_SERVER"],
        port=values.get("SMTP_PORT", "587"),
        login=values.get("SMTP_LOGIN"),
        password=values.get("SMTP_PWD"),
        recipients=recipients,
    )


def _keys(model: type[AKey], variable: str, values: Mapping[str, str]) -> tuple[AKey, ...]:
    keys: list[AKey] = []
    for pair in values.get(variable, "").split(","):
        if not pair.strip():
            continue
        kid, separator, secret = pair.strip().partition(":")
        if not separator or not secret:
            raise ConfigurationError(
                f"{variable} must be kid:secret pairs separated by commas; "
                f"pair {len(keys) + 1} has no secret"
            )
        if len(secret.encode()) < 32:
            # RFC 7518 section 3.2: a key for HS256 has at least 256 bits. It is the same HMAC.
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} is {len(secret.encode())} bytes long; "
                "HS256 needs at least 32"
            )
        if len(set(secret)) < MIN_DISTINCT_CHARS:
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} repeats {len(set(secret))} characters "
                "and can be guessed; `iargus keys new` makes one at random"
            )
        if secret in PUBLISHED_SECRETS:
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} is one that everybody knows; "
                "`iargus keys new` makes one at random"
            )
        keys.append(_build(model, f"{variable} ", kid=kid, secret=secret))
    # MySQL compares names without case, and would take one of two such keys for the other.
    kids = [key.kid.casefold() for key in keys]
    for key in keys:
        if kids.count(key.kid.casefold()) > 1:
            raise ConfigurationError(f"{variable} names the key {key.kid!r} twice")
    return tuple(keys)


def _build(model: type[Model], prefix: str, **values: Any) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # Not shown: a value may be a secret.
        told = explain(error, model, show=False)
        name, _, what = told.partition(": ")
        variable = prefix + name.upper() if prefix.endswith("_") else prefix + name
        raise ConfigurationError(f"{variable}: {what}") from None


def _refuse_slips(values: Mapping[str, str]) -> None:
    """A variable of ours that is nearly another one would be passed over in silence."""
    for name in values:
        word = name.removeprefix(_PREFIX)
        if word == name or name in _VARIABLES:
            continue
        known = [other.removeprefix(_PREFIX) for other in _VARIABLES]
        if close := difflib.get_close_matches(word, known, n=1, cutoff=_SLIP):
            raise ConfigurationError(
                f"{name} is no variable of IArgus; did you mean {_PREFIX}{close[0]}?"
            )
