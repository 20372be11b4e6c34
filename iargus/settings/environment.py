"""The environment variables: where servers are, and secrets. Read once, then passed along."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from iargus.errors import ConfigurationError
from iargus.settings.keys import BundleKey, JwtKey, read_keys
from iargus.settings.variables import VARIABLES
from iargus.settings.wording import build

_PREFIX = "IARGUS_"
_SLIP = 0.75
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
            jwt_keys=read_keys(JwtKey, "IARGUS_JWT_KEYS", values),
            bundle_keys=read_keys(BundleKey, "IARGUS_BUNDLE_KEYS", values),
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
    return build(
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
    return build(
        SmtpServer,
        "SMTP_",
        host=values["SMTP_SERVER"],
        port=values.get("SMTP_PORT", "587"),
        login=values.get("SMTP_LOGIN"),
        password=values.get("SMTP_PWD"),
        recipients=recipients,
    )


def _refuse_slips(values: Mapping[str, str]) -> None:
    """A variable of ours that is nearly another one would be passed over in silence."""
    known = [each.name.removeprefix(_PREFIX) for each in VARIABLES if each.name.startswith(_PREFIX)]
    for name in values:
        word = name.removeprefix(_PREFIX)
        if word == name or word in known:
            continue
        if close := difflib.get_close_matches(word, known, n=1, cutoff=_SLIP):
            raise ConfigurationError(
                f"{name} is no variable of IArgus; did you mean {_PREFIX}{close[0]}?"
            )


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
