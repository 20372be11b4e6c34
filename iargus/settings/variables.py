"""The environment variables, each worded once: the reference is generated from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One variable as the reference describes it."""

    name: str
    description: str
    unset: str = ""


VARIABLES = (
    Variable(
        "MYSQL_HOST", "Host of a MySQL 8 or MariaDB 10.11 server", "SQLite files under `var/`"
    ),
    Variable("MYSQL_PORT", "Port of that server", "3306"),
    Variable("MYSQL_USER", "Account at that server", "an error where `MYSQL_HOST` is set"),
    Variable("MYSQL_PWD", "Password of the account", "no password"),
    Variable(
        "MYSQL_SSL_CA",
        "File with the certificate authority of the server; its certificate and name are then "
        "verified",
        "the driver's default",
    ),
    Variable(
        "MLFLOW_HOST",
        "Address of the MLflow server, with or without `http://`",
        "MLflow on SQLite under `var/`",
    ),
    Variable(
        "MLFLOW_TRACKING_USERNAME", "Login at that server, which MLflow's client reads", "no login"
    ),
    Variable("MLFLOW_TRACKING_PASSWORD", "Password of that login", "no password"),
    Variable(
        "SMTP_SERVER",
        "Host of the mail server; SSL on port 465, STARTTLS on any other",
        "mails wait in the outbox",
    ),
    Variable("SMTP_PORT", "Port of the mail server", "587"),
    Variable("SMTP_LOGIN", "Account at the mail server", "no login"),
    Variable("SMTP_PWD", "Password of that account", "no password"),
    Variable(
        "SMTP_RECIPIENT",
        "Addresses that the mails of monitoring go to, separated by commas",
        "an error where `SMTP_SERVER` is set",
    ),
    Variable(
        "REDIS_URL",
        "Redis that counts requests over all hosts: `redis://:password@host:6379/0`, "
        "`rediss://…` with TLS, or `unix:///path`",
        "each host counts by itself",
    ),
    Variable(
        "IARGUS_JWT_KEYS",
        "Pairs `kid:secret` separated by commas. The first signs tokens until `iargus keys "
        "rotate`, and wraps the keys in the database from then on; `iargus keys new` makes a pair",
        "a key is made under `var/`; in production the service refuses to start",
    ),
    Variable(
        "IARGUS_BUNDLE_KEYS",
        "Pairs of the same form, of the host that trains and of those that serve: the first signs "
        "versions of models, all verify",
        "a key is made under `var/` where the registry is there too; elsewhere models are not "
        "signed, with a warning",
    ),
    Variable(
        "IARGUS_ENV",
        "`production` or `development`",
        "`production` on Azure, `development` elsewhere",
    ),
    Variable("IARGUS_CONFIG", "Path of the file with the settings", "`config.yml`"),
    Variable("IARGUS_VAR", "Folder of databases, models, keys and reports", "`var`"),
    Variable("PORT", "Port of `make run` and `iargus serve`", "8000"),
    Variable("WORKERS", "Worker processes of `make run` and `iargus serve`", "2"),
)
"""Every variable that a person may set; those of Azure (`WEBSITE_*`) are read as well."""
