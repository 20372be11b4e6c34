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
    ttl_days: int = Field(
        180, ge=1, le=MAX_TTL_DAYS, description="How long a new token is valid, in days"
    )
    issuer: str = Field("iargus", min_length=1, description="The claim `iss` of every token")
    audience: str = Field("iargus-api", min_length=1, description="The claim `aud` of every token")
    leeway_s: int = Field(
        0, ge=0, le=300, description="How far clocks may differ when `exp` and `iat` are checked"
    )
    revocation_refresh_s: float = Field(
        0.25,
        gt=0,
        le=60,
        description="How often each worker asks for newly revoked tokens and keys",
    )
    revocation_max_age_s: float = Field(
        900.0,
        gt=0,
        le=_A_WEEK_S,
        description="How old that list may become in an outage before answers are 503",
    )
    announce_expiry_days: int = Field(
        14,
        ge=0,
        le=365,
        description="How long before its end a token is announced to end, in days; 0 for never",
    )


class LimitPolicy(Section):
    enabled: bool = Field(True, description="Whether requests are limited at all")
    requests_per_minute: int = Field(
        6000,
        ge=1,
        le=1_000_000_000,
        description="Requests that one token may make in a minute, all workers together",
    )
    address_requests_per_minute: int | None = Field(
        12_000,
        ge=1,
        le=1_000_000_000,
        description=(
            "Requests that one client address may make in a minute, over all its tokens and "
            "without one; many clients may share one address. Null for no such limit"
        ),
    )
    tokens_per_hour: int = Field(
        60,
        ge=1,
        le=1_000_000_000,
        description="Tokens that one client address may ask for in an hour",
    )
    redis_timeout_ms: int = Field(
        50,
        ge=1,
        le=10_000,
        description=(
            "How long Redis, where REDIS_URL names one, may take to count; after that the host "
            "counts by itself until Redis answers again"
        ),
    )


class RequestPolicy(Section):
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=2**30, description="The largest body of a request, in bytes"
    )
    batch_max_rows: int = Field(
        1000, ge=1, le=100_000, description="The most rows that a batch route takes at once"
    )
    body_timeout_s: float = Field(
        20.0, gt=0, le=3600, description="How long a client may take to send the body of a request"
    )


class RecordingPolicy(Section):
    enabled: bool = Field(
        True, description="Whether predictions are recorded; without it `/feedback` has no use"
    )
    queue_rows: int = Field(
        20_000,
        ge=1,
        le=10_000_000,
        description="Predictions that wait for the database before any is dropped",
    )
    queue_bytes: int = Field(
        64 * 2**20,
        ge=2**20,
        le=2**36,
        description="Bytes of inputs and answers that wait, of each worker",
    )
    flush_interval_s: float = Field(
        0.2, gt=0, le=60, description="How long a prediction waits to be written with others"
    )


class RegistryPolicy(Section):
    poll_interval_s: float = Field(
        2.0, gt=0, le=3600, description="How often the registry is asked for a new champion"
    )
    timeout_s: int = Field(
        20, ge=1, le=600, description="How long one request to the MLflow server may take"
    )
    serve_challenger: bool = Field(
        False, description="Whether the challenger is loaded too, for `?version=`"
    )
    allow_unsigned: bool = Field(
        False,
        description=(
            "Whether a version without a signature is taken although there are keys; one with a "
            "wrong signature never is"
        ),
    )


class UncompiledPolicy(Section):
    processes: int = Field(
        1,
        ge=1,
        le=64,
        description=(
            "Processes in which scikit-learn answers, of each worker for each model that is "
            "served uncompiled"
        ),
    )
    queue: int = Field(
        16, ge=0, le=1000, description="Requests that may wait for them; one more is answered 503"
    )
    timeout_s: float = Field(
        10.0, gt=0, le=600, description="How long a request may wait and be computed, in seconds"
    )


class DatabasePolicy(Section):
    pool_size: int = Field(
        2, ge=1, le=100, description="Connections that each worker keeps to each database"
    )
    pool_timeout_s: float = Field(
        2.0, gt=0, le=600, description="How long to wait for a free connection"
    )
    connect_timeout_s: int = Field(
        2, ge=1, le=600, description="How long a new connection may take"
    )
    read_timeout_s: int = Field(
        2,
        ge=1,
        le=600,
        description="How long a worker waits for the server's answer to a statement",
    )
    answer_timeout_s: float = Field(
        0.15,
        gt=0,
        le=60,
        description="How long a request waits for the server before it is answered 503",
    )


class MonitoringPolicy(Section):
    minimum_rows: int = Field(
        100,
        ge=1,
        le=100_000_000,
        description="Fewer new rows than this are not enough data to judge a month by",
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
        description="After how long the lock of a silent run may be taken over",
    )


class MailPolicy(Section):
    sender: str | None = Field(
        None, description="The address that mails come from; unset, SMTP_LOGIN or iargus@ the host"
    )
    timeout_s: float = Field(
        30.0, gt=0, le=600, description="How long the mail server may take to answer"
    )


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
        description="The error above which performance is bad: a share, 0.2 for 20 %"
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="The seed of splits and of training")
    test_fraction: Part = Field(
        0.2, description="The part of the rows that a training is measured on"
    )
    parity_rows: int = Field(
        100_000,
        ge=1,
        le=100_000_000,
        description="Made-up rows on which a new version's bundle must answer as its estimator",
    )
    serve_uncompiled: bool = Field(
        False,
        description="Whether scikit-learn may serve an estimator that has no form as a bundle",
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="What the kind itself lets one set"
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
        "info", description="The least severe messages that are logged"
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
