"""Every metric that there is: its name, its kind, its labels, and its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Answers of 0.1 ms to 10 s; what took longer is in the last bucket, +Inf.
BUCKETS_S = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)

# counter: added up over all processes that ever were. histogram: the same, in buckets.
# gauge: added up over those that live. info: 1 for each that has it now.
# age: a process stores a timestamp, in seconds since 1970; exposed is the age of the earliest.
Kind = Literal["counter", "histogram", "gauge", "info", "age"]


@dataclass(frozen=True)
class Family:
    """One metric. `name` is without the suffixes `_total` and `_info`, which its kind brings."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers a series has: a histogram one per bucket, one for +Inf, and the sum."""
        return len(BUCKETS_S) + 2 if self.kind == "histogram" else 1

    @property
    def cumulative(self) -> bool:
        """Whether what a process counted still counts when it is dead."""
        return self.kind in ("counter", "histogram")


REQUESTS = Family(
    "iargus_requests",
    "counter",
    "Requests, by the status of the answer",
    ("route", "method", "status", "task"),
)
DURATION = Family(
    "iargus_request_duration_seconds",
    "histogram",
    "Time from the head of a request to the last byte of its answer, in buckets of 0.1 ms to 10 s",
    ("route",),
)
TOKENS_ISSUED = Family("iargus_tokens_issued", "counter", "Tokens issued by POST /get_token")
TOKENS_REVOKED = Family(
    "iargus_tokens_revoked",
    "counter",
    "Tokens revoked by POST /revoke_token and POST /admin/tokens/revoke",
)
TOKENS_REJECTED = Family(
    "iargus_tokens_rejected",
    "counter",
    "Requests refused because of their token, by the label of the answer",
    ("reason",),
)
LIMITER = Family(
    "iargus_limiter_decisions",
    "counter",
    "Decisions of the rate limiters, and the backend that counted",
    ("limiter", "backend", "decision"),
)
UNKNOWN_INPUTS = Family(
    "iargus_unknown_inputs",
    "counter",
    "Predictions for an input with a name that the model has never seen, by the field",
    ("task", "field"),
)
RECORDED = Family(
    "iargus_predictions_recorded", "counter", "Predictions written to the database, in rows"
)
DROPPED = Family(
    "iargus_predictions_dropped", "counter", "Predictions that will never be recorded, in rows"
)
WRITE_FAILURES = Family(
    "iargus_prediction_write_failures", "counter", "Attempts to write a batch that failed"
)
REFUSED_BUNDLES = Family(
    "iargus_bundles_refused",
    "counter",
    "Versions that the sync process fetched and refused; one that stays so counts every minute",
    ("task",),
)
MODEL = Family(
    "iargus_model", "info", "The version that a worker serves", ("task", "version", "worker")
)
MODEL_AGE = Family(
    "iargus_model_placed_age_seconds",
    "age",
    "Time since the served version was placed on this host; of the worst worker",
    ("task",),
)
REVOCATIONS_AGE = Family(
    "iargus_revocations_age_seconds",
    "age",
    "Time since the revoked tokens were read, or the worker started without; of the worst worker",
)
QUEUE_ROWS = Family(
    "iargus_recording_queue_rows", "gauge", "Predictions that wait to be written, over all workers"
)
QUEUE_CAPACITY = Family(
    "iargus_recording_queue_capacity_rows", "gauge", "Predictions that may wait, over all workers"
)
WORKERS = Family("iargus_workers", "gauge", "Workers that are alive")
WORKERS_READY = Family("iargus_workers_ready", "gauge", "Workers whose GET /ready would be 200")
STARTED = Family(
    "iargus_worker_start_time_seconds",
    "gauge",
    "When a worker started, in seconds since 1970-01-01 UTC",
    ("worker",),
)

FAMILIES = (
    *(REQUESTS, DURATION, TOKENS_ISSUED, TOKENS_REVOKED, TOKENS_REJECTED, LIMITER),
    UNKNOWN_INPUTS,
    *(RECORDED, DROPPED, WRITE_FAILURES, QUEUE_ROWS, QUEUE_CAPACITY, REFUSED_BUNDLES),
    *(MODEL, MODEL_AGE, REVOCATIONS_AGE, WORKERS, WORKERS_READY, STARTED),
)
BY_NAME = {family.name: family for family in FAMILIES}

LABELS = {
    "route": "The path of a route as it is declared; `unknown` for a path that is no route",
    "method": "The HTTP method",
    "status": "The status of the answer; `disconnected` where the client went away before an "
    "answer that took over 0.1 s, or while it was sending, or where the worker was stopped",
    "task": "The name of a task in `config.yml`",
    "field": "The field of the input: `make`, `model` or `state`",
    "reason": "The label of the problem, such as `TOKEN_EXPIRED`",
    "limiter": "`token` (requests of a token), `address` (requests of a client address) or "
    "`issuance` (tokens for a client address)",
    "backend": "`host` (all workers of this host), `redis`, or `worker` (that one alone)",
    "decision": "`allowed` or `limited`",
    "version": "The version of the model in the registry",
    "worker": "The process number of the worker",
}
"""What each label may be; the reference is generated from here."""
