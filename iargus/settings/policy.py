"""`config.yml`: policy only. Every setting has a default and says its unit; no secret is here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from iargus.errors import ConfigurationError
from iargus.settings.front import AccessPolicy, CorsPolicy, ProxyPolicy, ServerPolicy, TlsPolicy
from iargus.settings.issuing import IssuingPolicy
from iargus.settings.section import Section
from iargus.settings.shares import Limit, Part
from iargus.settings.wording import explain

# What no policy may exceed: a token that is valid for longer was never issued, by any release.
MAX_TTL_DAYS = 3650
_A_WEEK_S = 604_800


class TokenPolicy(Section):
    ttl_days: int = Field(180, ge=1, le=MAX_TTL_DAYS, description="How long a new token is valid")
    issuer: str = Field("iargus", min_length=1, description="The claim `iss` of every token")
    audience: str = Field("iargus-api", min_length=1, description="The claim `aud` of every token")
    leeway_s: int = Field(
        0, ge=0, le=300, description="Clock skew that is allowed when `exp` and `iat` are checked"
    )
    revocation_refresh_s: float = Field(
        0.25,
        gt=0,
        le=60,
        description="Interval at which each worker reads newly revoked tokens and new keys",
    )
    revocation_max_age_s: float = Field(
        900.0,
        gt=0,
        le=_A_WEEK_S,
        description=(
            "Age that the list of revoked tokens may reach in an outage before requests are "
            "answered with 503"
        ),
    )
    announce_expiry_days: int = Field(
        14,
        ge=0,
        le=365,
        description="How long before its expiry the holder of a token is notified; 0 for never",
    )


class LimitPolicy(Section):
    enabled: bool = Field(True, description="Whether requests are rate-limited")
    requests_per_minute: int = Field(
        6000,
        ge=1,
        le=1_000_000_000,
        description="Requests of one token in a minute, over all workers",
    )
    address_requests_per_minute: int | None = Field(
        12_000,
        ge=1,
        le=1_000_000_000,
        description=(
            "Requests of one client address in a minute, with any token or none; many clients may "
            "share one address. `null` for no such limit"
        ),
    )
    tokens_per_hour: int = Field(
        60,
        ge=1,
        le=1_000_000_000,
        description="Tokens that one client address may request in an hour",
    )
    redis_timeout_ms: int = Field(
        50,
        ge=1,
        le=10_000,
        description=(
            "Timeout of Redis, where `REDIS_URL` names one; after it the host counts by itself "
            "until Redis answers again"
        ),
    )


class RequestPolicy(Section):
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=2**30, description="The largest body of a request"
    )
    batch_max_rows: int = Field(
        1000, ge=1, le=100_000, description="The largest number of rows in a batch request"
    )
    body_timeout_s: float = Field(
        20.0, gt=0, le=3600, description="Time in which a client must send the body of a request"
    )


class RecordingPolicy(Section):
    enabled: bool = Field(
        True, description="Whether predictions are recorded, which `/feedback` needs"
    )
    queue_rows: int = Field(
        20_000,
        ge=1,
        le=10_000_000,
        description="Predictions that may wait for the database before any is dropped",
    )
    queue_bytes: int = Field(
        64 * 2**20,
        ge=2**20,
        le=2**36,
        description="Bytes of inputs and answers that may wait in each worker",
    )
    flush_interval_s: float = Field(
        0.2,
        gt=0,
        le=60,
        description="How long a prediction waits to be written in one batch with others",
    )


class RegistryPolicy(Section):
    poll_interval_s: float = Field(
        2.0,
        gt=0,
        le=3600,
        description=(
            "Interval at which the registry is asked for a new champion, with one request for "
            "each task"
        ),
    )
    timeout_s: int = Field(
        20, ge=1, le=600, description="Timeout of one request to the MLflow server"
    )
    serve_challenger: bool = Field(
        False, description="Whether the challenger is loaded too, for `?version=`"
    )
    allow_unsigned: bool = Field(
        False,
        description=(
            "Whether a version without a signature is accepted although there are keys; one with a "
            "wrong signature never is"
        ),
    )


class UncompiledPolicy(Section):
    processes: int = Field(
        1,
        ge=1,
        le=64,
        description=(
            "Processes in which scikit-learn predicts: of each worker, for each model that is "
            "served uncompiled"
        ),
        json_schema_extra={"unit": "processes"},
    )
    queue: int = Field(
        16,
        ge=0,
        le=1000,
        description="Requests that may wait for these processes; one more is answered with 503",
        json_schema_extra={"unit": "requests"},
    )
    timeout_s: float = Field(
        10.0, gt=0, le=600, description="Timeout of such a request, waiting included"
    )


class DatabasePolicy(Section):
    pool_size: int = Field(
        2,
        ge=1,
        le=100,
        description="Connections that each worker keeps to each database",
        json_schema_extra={"unit": "connections"},
    )
    pool_timeout_s: float = Field(
        2.0, gt=0, le=600, description="Timeout for a free connection of the pool"
    )
    connect_timeout_s: int = Field(2, ge=1, le=600, description="Timeout for a new connection")
    read_timeout_s: int = Field(
        2,
        ge=1,
        le=600,
        description="Timeout of a statement in a worker",
    )
    answer_timeout_s: float = Field(
        0.15,
        gt=0,
        le=60,
        description="How long a request waits for the database before it is answered with 503",
    )


class MonitoringPolicy(Section):
    minimum_rows: int = Field(
        100,
        ge=1,
        le=100_000_000,
        description='New rows that a month needs; with fewer, the verdict is "not enough data"',
    )
    holdout_fraction: Part = Field(
        0.5,
        description=(
            "The newest part of the new rows, held out from retraining to compare both models"
        ),
    )
    lock_timeout_s: int = Field(
        21_600,
        ge=60,
        le=_A_WEEK_S,
        description="Age at which the lock of a run that no longer renews it may be taken over",
    )


class MailPolicy(Section):
    sender: str | None = Field(
        None,
        description="The address that mails come from; unset, `SMTP_LOGIN`, or `iargus@` the host",
    )
    timeout_s: float = Field(30.0, gt=0, le=600, description="Timeout of the mail server")


class TaskPolicy(Section):
    """One block under `tasks:`; its name is also the model's name in the registry."""

    kind: str = Field(
        min_length=1,
        description="A module of `iargus.tasks`, or `package.module:Class` for one of your own",
    )
    path: str = Field(
        pattern=r"^(/[a-z0-9_-]+)+$", description="The route that serves the task, such as /predict"
    )
    threshold: Limit = Field(
        description="The error above which a month is bad, such as 0.2 for 20 %",
        json_schema_extra={"unit": "share of one"},
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        description="The random seed of splits and of training",
        json_schema_extra={"unit": "none"},
    )
    test_fraction: Part = Field(
        0.2, description="The part of the rows that a training is evaluated on"
    )
    parity_rows: int = Field(
        100_000,
        ge=1,
        le=100_000_000,
        description=(
            "Synthetic rows on which the compiled form of a new version must predict exactly as "
            "its estimator does, and synthetic cars whose price must not rise with mileage or age, "
            "before it may become champion"
        ),
    )
    serve_uncompiled: bool = Field(
        False,
        description="Whether scikit-learn may serve an estimator that has no compiled form",
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Options of the kind, see below"
    )


TaskName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Policy(Section):
    """The whole of `config.yml`."""

    tokens: TokenPolicy = TokenPolicy()
    issuing: IssuingPolicy = IssuingPolicy()
    limits: LimitPolicy = LimitPolicy()
    requests: RequestPolicy = RequestPolicy()
    recording: RecordingPolicy = RecordingPolicy()
    registry: RegistryPolicy = RegistryPolicy()
    uncompiled: UncompiledPolicy = UncompiledPolicy()
    database: DatabasePolicy = DatabasePolicy()
    monitoring: MonitoringPolicy = MonitoringPolicy()
    mail: MailPolicy = MailPolicy()
    server: ServerPolicy = ServerPolicy()
    proxies: ProxyPolicy = ProxyPolicy()
    access: AccessPolicy = AccessPolicy()
    cors: CorsPolicy = CorsPolicy()
    tls: TlsPolicy = TlsPolicy()
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest severity that is logged"
    )
    tasks: dict[TaskName, TaskPolicy] = Field(
        default_factory=lambda: {
            "car_price": TaskPolicy(kind="car_price", path="/predict", threshold=0.20),
            "intent": TaskPolicy(kind="text_intent", path="/intent", threshold=0.20),
        },
        min_length=1,
        description="What is served, trained and monitored",
    )

    @field_validator("tasks")
    @classmethod
    def _one_path_each(cls, tasks: dict[str, TaskPolicy]) -> dict[str, TaskPolicy]:
        paths = [task.path for task in tasks.values()]
        for path in paths:
            if paths.count(path) > 1:
                raise ValueError(f"two tasks want the path {path}")
        return tasks

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read `config.yml`.

        Raises:
            ConfigurationError: the file is missing, no YAML, or a setting is invalid; the
                message names the file and the setting.
        """
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigurationError(
                f"there is no {path}; IARGUS_CONFIG says where config.yml is"
            ) from None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from None
        if document is not None and not isinstance(document, dict):
            raise ConfigurationError(f"{path} must hold settings by name")
        try:
            return cls.model_validate(document or {})
        except ValidationError as error:
            raise ConfigurationError(f"{path}: {explain(error, cls)}") from None
