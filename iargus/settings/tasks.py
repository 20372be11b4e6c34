"""`tasks`, `monitoring` and `mail` of `config.yml`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from iargus.settings.fields import A_WEEK_S, Limit, Part, Section


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
        le=A_WEEK_S,
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
        False, description="Whether scikit-learn may serve an estimator that has no compiled form"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Options of the kind, see below"
    )
