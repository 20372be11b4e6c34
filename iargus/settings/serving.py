"""`recording`, `registry`, `uncompiled` and `database` of `config.yml`."""

from __future__ import annotations

from pydantic import Field

from iargus.settings.fields import Section


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
    read_timeout_s: int = Field(2, ge=1, le=600, description="Timeout of a statement in a worker")
    answer_timeout_s: float = Field(
        0.15,
        gt=0,
        le=60,
        description="How long a request waits for the database before it is answered with 503",
    )
