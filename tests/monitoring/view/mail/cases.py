"""One outcome for every reason for a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from iargus.mailing.message import Mail, compose
from iargus.monitoring.observed import EstimateFacts, Observed
from iargus.monitoring.period import Period
from iargus.monitoring.stats.drift.compare import Change, ChangeType
from iargus.monitoring.stats.drift.facts import DriftFacts, FeatureFacts
from iargus.monitoring.stats.drift.summary import Kind as FeatureKind
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.segments import SegmentError
from iargus.monitoring.stats.quality.findings import Fault, Finding
from iargus.monitoring.view.mail.alerts import write_alert
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Retraining, Status
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.settings.tasks import MailPolicy

HEALTHY = MonthView(
    task="car_price",
    period=Period(2018, 11),
    status=Status.HEALTHY,
    sentence="Version 7 is good: error 17.2 % on 4,520 new rows, limit 20.0 %.",
    metric="mape",
    threshold=0.2,
    window_start=datetime(2018, 11, 1),
    window_end=datetime(2018, 12, 1),
    rows=4_520,
    refused_rows=12,
    error=0.172,
    interval=(0.165, 0.179),
    champion_version="7",
    serving_version="7",
    run_id="0a1b2c",
    report="/srv/iargus/var/reports/car_price/2018-11.html",
)
RETRAINING = Retraining(
    cut=datetime(2018, 11, 16),
    learned_rows=33_021,
    holdout_rows=2_104,
    repeated_rows=211,
    champion_error=0.2613,
    challenger_error=0.2307,
    decision=Decision.PROMOTE,
    p_value=0.00012,
    method="paired t, corrected for skewness",
    challenger_version="8",
    serving_error=0.2307,
)
BREACH = replace(
    HEALTHY,
    status=Status.BREACH,
    sentence="Version 7 is over the limit: error 25.4 % on 4,520 new rows, limit 20.0 %.",
    error=0.254,
    interval=(0.245, 0.263),
    serving_version="8",
    retraining=RETRAINING,
)
MENDED = replace(BREACH, retraining=replace(RETRAINING, serving_error=0.179))
# Nobody could compare the two models: every held-out row repeats an older one.
NO_CONTEST = replace(
    BREACH,
    serving_version="7",
    retraining=replace(
        RETRAINING,
        holdout_rows=0,
        champion_error=None,
        challenger_error=None,
        challenger_version=None,
        decision=Decision.KEEP,
        serving_error=0.254,
    ),
)
SUSPECT = replace(HEALTHY, status=Status.SUSPECT, error=0.213, sentence="Version 7 is suspect.")
INSUFFICIENT = replace(
    HEALTHY, status=Status.INSUFFICIENT, rows=40, error=0.31, interval=None, sentence="Too few."
)
FAILED = MonthView(
    task="car_price",
    period=Period(2018, 11),
    status=Status.FAILED,
    sentence="Could not be judged: the MLflow server at MLFLOW_HOST does not answer",
    metric="mape",
    threshold=0.2,
)
MISSED = replace(
    HEALTHY,
    window_start=datetime(2018, 9, 1),
    missed_periods=(Period(2018, 9), Period(2018, 10)),
)

MILEAGE = FeatureFacts(
    "mileage", FeatureKind.NUMBER, True, (Change(ChangeType.DISTRIBUTION, 1e-9, 0.42, 0.1, True),)
)
MAKE = FeatureFacts(
    "make",
    FeatureKind.CATEGORY,
    True,
    (
        Change(ChangeType.NEVER_SEEN, 1e-9, 0.043, 0.02, True, ("byd", "polestar")),
        Change(ChangeType.DISTRIBUTION, 0.4, 0.01, 0.1, False),
    ),
)
YEAR = FeatureFacts(
    "year", FeatureKind.NUMBER, False, (Change(ChangeType.DISTRIBUTION, 0.4, 0.03, 0.1, False),)
)
DRIFT = DriftFacts(reference_rows=3_021, rows=4_520, compared=9, features=(MILEAGE, MAKE, YEAR))
UNIT = Finding(Fault.UNIT, "mileage", 4_400, 4_520, "kilometres instead of miles")
REPEATED = Finding(Fault.DUPLICATED, None, 31, 4_520)

DRIFTED = Observed(drift=DRIFT)
CALM = Observed(drift=replace(DRIFT, features=(YEAR,)), quality=(REPEATED,))
FAULTY = Observed(quality=(REPEATED, UNIT), serious=(UNIT,))
WARNED = Observed(estimate=EstimateFacts(0.26, (0.23, 0.29), 3_200, 0.01, warns=True))
EVERYTHING = Observed(
    drift=DRIFT,
    quality=(REPEATED, UNIT),
    serious=(UNIT,),
    segments=(SegmentError("make=ford", 420, 0.391, (0.33, 0.44)),),
    estimate=WARNED.estimate,
)

OF_KIND = {
    Kind.FAILED_RUN: FAILED,
    Kind.BREACH_NOT_FIXED: BREACH,
    Kind.QUALITY: replace(HEALTHY, observed=FAULTY),
    Kind.ESTIMATE: replace(INSUFFICIENT, observed=WARNED),
    Kind.DRIFT: replace(HEALTHY, observed=DRIFTED),
    Kind.SUSPECT: SUSPECT,
    Kind.BREACH_FIXED: MENDED,
    Kind.MISSED_RUN: MISSED,
    Kind.RECOVERY: HEALTHY,
}


def settings(
    *,
    login: str | None = "monitor@example.org",
    sender: str | None = None,
    var: str = "var",
    mlflow: str | None = None,
    server: SmtpServer | None = None,
) -> Settings:
    smtp = SmtpServer(host="localhost", login=login, recipients=("a@x.org", "b@x.org"))
    environment = Environment(var_dir=Path(var), mlflow_uri=mlflow, smtp=server or smtp)
    return Settings(environment, Policy(mail=MailPolicy(sender=sender)))


def alert(*kinds: Kind, about: MonthView | None = None, picture: bytes | None = None) -> Mail:
    chosen = kinds or (Kind.BREACH_NOT_FIXED,)
    return write_alert(chosen, about or OF_KIND[chosen[0]], settings(), picture=picture)


def composed(mail: Mail) -> EmailMessage:
    return compose(mail, settings(), to=["a@x.org", "b@x.org"], at=datetime(2018, 12, 1, 6))
