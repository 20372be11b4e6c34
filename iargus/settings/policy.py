"""`config.yml`: policy only. Every setting has a default and says its unit; no secret is here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from iargus.errors import ConfigurationError
from iargus.settings.fields import Section
from iargus.settings.http import (
    AccessPolicy,
    CorsPolicy,
    ProxyPolicy,
    RequestPolicy,
    ServerPolicy,
    TlsPolicy,
)
from iargus.settings.serving import (
    DatabasePolicy,
    RecordingPolicy,
    RegistryPolicy,
    UncompiledPolicy,
)
from iargus.settings.tasks import MailPolicy, MonitoringPolicy, TaskPolicy
from iargus.settings.tokens import IssuingPolicy, LimitPolicy, TokenPolicy
from iargus.settings.wording import explain

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
