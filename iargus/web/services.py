"""Everything the routes need, put together once per worker, started and stopped with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from iargus.background import Background
from iargus.clock import Clock, utc_now
from iargus.database import API, LABELLED, Database
from iargus.errors import IArgusError
from iargus.labelled.store import labelled_store
from iargus.models.champion import ChampionFollower, Champions
from iargus.models.supervisor import SyncSupervisor
from iargus.predictions.feedback import FeedbackService
from iargus.predictions.recorder import PredictionRecorder
from iargus.predictions.store import SqlPredictionStore
from iargus.settings import Settings
from iargus.tasks.catalogue import Catalogue
from iargus.tokens.keys import load_key_ring
from iargus.tokens.live_ring import LiveRing
from iargus.tokens.register import SqlTokenRegister
from iargus.tokens.revocations import RevocationRefresher, RevocationSnapshot
from iargus.tokens.service import TokenService
from iargus.tokens.store import SqlTokenStore
from iargus.web.limits import FixedWindowLimiter

logger = logging.getLogger(__name__)


@dataclass
class Services:
    """The composition root of the API. `build` reads settings and keys but connects to nothing;
    `start` and `stop` belong to the worker's life."""

    settings: Settings
    clock: Clock
    catalogue: Catalogue
    champions: Champions
    tokens: TokenService
    register: SqlTokenRegister
    revocations: RevocationSnapshot
    recorder: PredictionRecorder
    feedback: FeedbackService
    follow_registry: bool
    databases: list[Database]
    _background: list[Background] = field(default_factory=list)
    request_limiter: FixedWindowLimiter | None = None
    token_limiter: FixedWindowLimiter | None = None

    @classmethod
    def build(
        cls, settings: Settings, *, clock: Clock = utc_now, follow_registry: bool = True
    ) -> Services:
        """Put the parts together. Without `follow_registry`, what is placed under `var/` is
        served and nobody asks the registry for more.

        Raises:
            ConfigurationError: settings or keys have no sense.
        """
        policy = settings.policy
        catalogue = Catalogue.read(policy)
        ring = LiveRing(load_key_ring(settings), policy.tokens, path=settings.ring_file)
        api, labelled = Database.connect(API, settings), Database.connect(LABELLED, settings)
        store = SqlTokenStore(api)
        revocations = RevocationSnapshot(
            store,
            clock=clock,
            max_age_s=policy.tokens.revocation_max_age_s,
            ring=ring,
            refresh_s=policy.tokens.revocation_refresh_s,
        )
        predictions = SqlPredictionStore(api)
        return cls(
            settings=settings,
            clock=clock,
            catalogue=catalogue,
            champions=Champions(catalogue, settings.models_dir),
            tokens=TokenService(
                store=store, ring=ring, policy=policy.tokens, clock=clock, revocations=revocations
            ),
            register=SqlTokenRegister(api),
            revocations=revocations,
            recorder=PredictionRecorder(
                predictions,
                queue_rows=policy.recording.queue_rows,
                flush_interval_s=policy.recording.flush_interval_s,
            ),
            feedback=FeedbackService(
                store=predictions,
                labelled=lambda task: labelled_store(task, labelled),
                catalogue=catalogue,
                clock=clock,
            ),
            follow_registry=follow_registry,
            databases=[api, labelled],
        )

    def start(self) -> None:
        """Begin everything that runs beside the requests.

        First load what is placed on this host and ask once for the revoked tokens: a worker
        accepts connections only after this, so that none is answered with 503 because it met
        the worker that started last. What is not to be had, a model or the database, does not
        hinder the start; `/ready` says so.
        """
        self.champions.refresh()
        try:
            self.revocations.refresh()
        except IArgusError as error:
            logger.error("revoked tokens cannot be read yet: %s", error)
        policy = self.settings.policy
        if policy.limits.enabled:
            folder = self.settings.var_dir / "limits"
            self.request_limiter = FixedWindowLimiter(
                folder / "requests.bin",
                limit=policy.limits.requests_per_minute,
                window_s=60,
                clock=self.clock,
                name="requests",
            )
            self.token_limiter = FixedWindowLimiter(
                folder / "tokens.bin",
                limit=policy.limits.tokens_per_hour,
                window_s=3600,
                clock=self.clock,
                name="tokens",
            )
        self.recorder.start()
        self._background = [
            RevocationRefresher(self.revocations, interval_s=policy.tokens.revocation_refresh_s),
            ChampionFollower(self.champions, interval_s=1.0),
        ]
        if self.follow_registry:
            self._background.append(SyncSupervisor(self.settings))
        for part in self._background:
            part.start()

    def stop(self) -> None:
        """End it, and write what waits."""
        for part in reversed(self._background):
            part.stop()
        self.recorder.stop()
        for limiter in (self.request_limiter, self.token_limiter):
            if limiter is not None:
                limiter.close()
        for database in self.databases:
            database.dispose()
