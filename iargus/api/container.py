"""Everything the routes need, put together once per worker, started and stopped with it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from iargus.api.client_address import ClientAddresses
from iargus.api.gauges import GaugeRefresher
from iargus.auth.issuing.composition import Issuing
from iargus.auth.keys.loading import KeyFileCheck, load_key_ring
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.revocation.file import RevocationFile
from iargus.auth.revocation.refresher import RevocationRefresher
from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.auth.tokens.register import SqlTokenRegister
from iargus.auth.tokens.service import TokenService
from iargus.auth.tokens.store import SqlTokenStore
from iargus.background import Background
from iargus.clock import Clock, utc_now
from iargus.deadline import DeadlineRunner, ThreadedDeadlineRunner, unbounded
from iargus.errors import IArgusError
from iargus.metrics import Metrics
from iargus.ratelimit import LIMITERS, RequestLimits, open_limits
from iargus.serving.loaded_models import LoadedModels, ModelRefresher
from iargus.serving.recording.feedback import SOURCE, FeedbackService
from iargus.serving.recording.recorder import PredictionRecorder
from iargus.serving.recording.store import SqlPredictionStore
from iargus.serving.sync.supervisor import SyncSupervisor
from iargus.settings import Settings
from iargus.settings.http import ANY_ORIGIN_WARNING
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.labelled.writing import adder
from iargus.tasks.catalogue import Catalogue

logger = logging.getLogger(__name__)


_UNBOUNDED: tuple[DeadlineRunner, DeadlineRunner] = (unbounded, unbounded)


class Services:
    """The composition root of the API. Making it reads settings and keys but connects to nothing;
    `start` and `stop` belong to the worker's life."""

    def __init__(
        self, settings: Settings, *, clock: Clock = utc_now, follow_registry: bool = True
    ) -> None:
        """Without `follow_registry`, what is placed under `var/` is served and nobody asks the
        registry for more.

        Raises:
            ConfigurationError: settings or keys are invalid.
        """
        policy = settings.policy
        self.settings, self.clock, self.follow_registry = settings, clock, follow_registry
        self.catalogue = Catalogue.read(policy)
        keys = load_key_ring(settings)
        ring = RotatingKeyRing(keys, policy.tokens, path=settings.ring_file)
        silence_s = policy.database.read_timeout_s
        api = Database.connect(API, settings, read_timeout_s=silence_s)
        labelled = Database.connect(LABELLED, settings, read_timeout_s=silence_s)
        self.databases = [api, labelled]
        self.deadlines = _deadlines(self.databases, settings)
        within, labelled_within = self.deadlines or _UNBOUNDED
        store = SqlTokenStore(api)
        max_age_s = policy.tokens.revocation_max_age_s
        self.revocations = RevocationSnapshot(
            store,
            clock=clock,
            max_age_s=max_age_s,
            ring=ring,
            refresh_s=policy.tokens.revocation_refresh_s,
            file=RevocationFile(settings.revocation_file, clock=clock, max_age_s=max_age_s),
        )
        self.tokens = TokenService(
            store=store,
            ring=ring,
            policy=policy.tokens,
            clock=clock,
            revocations=self.revocations,
            within=within,
            check_key=KeyFileCheck(settings, keys),
        )
        self.register = SqlTokenRegister(api)
        self.issuing = Issuing.build(
            settings, tokens=self.tokens, database=api, clock=clock, within=within
        )
        self.champions = LoadedModels(self.catalogue, settings.models_dir, policy.uncompiled)
        predictions = SqlPredictionStore(api)
        self.recorder = PredictionRecorder(
            predictions,
            queue_rows=policy.recording.queue_rows,
            queue_bytes=policy.recording.queue_bytes,
            flush_interval_s=policy.recording.flush_interval_s,
        )
        self.feedback = FeedbackService(
            store=predictions,
            add=adder(labelled, source=SOURCE),
            catalogue=self.catalogue,
            clock=clock,
            within=within,
            labelled_within=labelled_within,
        )
        self.addresses = ClientAddresses(policy.proxies, on_azure=settings.environment.on_azure)
        self.metrics = Metrics(settings.metrics_dir)
        self.limits: RequestLimits | None = None
        self._background: list[Background] = []
        self._gauges = self.gauges()

    def gauges(self) -> GaugeRefresher:
        """What copies the state of these services into the metrics."""
        return GaugeRefresher(
            self.metrics,
            tasks=self.catalogue.names(),
            champions=self.champions,
            recorder=self.recorder,
            revocations=self.revocations,
            not_ready=self.not_ready,
        )

    def not_ready(self) -> list[str]:
        """What is missing for requests; empty when the worker is ready."""
        missing = [f"no model for {name}" for name in self.champions.missing()]
        missing += [
            f"the file of the database {database.name} is gone"
            for database in self.databases
            if database.is_gone
        ]
        if not self.revocations.is_known:
            missing.append("the list of revoked tokens was not read lately")
        return missing

    def start(self) -> None:
        """Start everything that runs beside the requests.

        A worker accepts connections only after this, so it first loads the placed models and reads
        the revoked tokens once: no request gets a 503 because it met the newest worker. A missing
        model or database does not prevent the start; `/ready` reports it.
        """
        if self.settings.policy.cors.any_origin:
            logger.warning("%s", ANY_ORIGIN_WARNING)
        self.metrics.start()
        self.champions.refresh()
        try:
            self.revocations.refresh()
        except IArgusError as error:
            logger.error("revoked tokens cannot be read yet: %s", error)
            self.revocations.recall()
        policy = self.settings.policy
        if policy.limits.enabled:
            self.limits = open_limits(
                policy.limits,
                self.settings.var_dir / "limits",
                redis_url=self.settings.environment.redis_url,
                clock=self.clock,
                decided=self.metrics.decisions(LIMITERS),
            )
        self.recorder.start()
        self._background = [
            RevocationRefresher(self.revocations, interval_s=policy.tokens.revocation_refresh_s),
            ModelRefresher(self.champions, interval_s=0.5),
            *self.issuing.background,
        ]
        if self.follow_registry:
            self._background.append(SyncSupervisor(self.settings))
        for part in self._background:
            part.start()
        self._gauges.start()

    def stop(self) -> None:
        """Stop it, and write what is queued."""
        for part in reversed(self._background):
            part.stop()
        self.recorder.stop()
        for deadline in self.deadlines:
            deadline.close()
        for database in self.databases:
            database.dispose()
        # Last: it copies what all others have counted.
        self._gauges.stop()
        self.metrics.stop()


def _deadlines(databases: Sequence[Database], settings: Settings) -> list[ThreadedDeadlineRunner]:
    """One for each database; none where it is a file, which has no network to go silent."""
    policy = settings.policy.database
    # The pool has as many connections again, for the revoked tokens and for recording.
    return [
        ThreadedDeadlineRunner(
            f"the database {database.name}",
            timeout_s=policy.answer_timeout_s,
            lanes=policy.pool_size,
        )
        for database in databases
        if not database.dialect.is_embedded
    ]
