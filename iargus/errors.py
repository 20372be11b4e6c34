"""The root of every error that IArgus raises on purpose.

No transport lives here: `iargus.api.problems` turns an error into a status, the command line
into a line on stderr. A message is written for the person who can do something about it and
never contains a secret, a token or an e-mail address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType


class IArgusError(Exception):
    """Raised, as a subclass, for every failure that IArgus foresees; catch it to catch them all.

    `headers` are those that belong on an HTTP answer for it.
    """

    headers: Mapping[str, str] = MappingProxyType({})


class ConfigurationError(IArgusError):
    """Raised when `config.yml` or the environment cannot be used; names the setting."""


class UsageError(ConfigurationError):
    """Raised when a request is invalid, before anything is done; says what is valid."""


class LabelsUnclear(UsageError):
    """Raised when labels may be classes or amounts, and nobody said which."""


class DatabaseUnavailable(IArgusError):
    """Raised when the database cannot be reached or does not answer in time."""


class CircuitOpen(DatabaseUnavailable):
    """Raised while the database is known to be away; the log said so when it began."""


class SchemaMissing(IArgusError):
    """Raised when a database lacks the tables that this version needs, or its file is not there."""


class RegistryUnavailable(IArgusError):
    """Raised when the MLflow registry cannot be reached or answers with an error."""


class FilesUnavailable(RegistryUnavailable):
    """Raised when the registry names a version and does not hand out its files."""


class VersionUnknown(IArgusError):
    """Raised when a task has no such version, or no version with the alias that was asked for."""


class ArtefactRejected(IArgusError):
    """Raised when a model's file is missing, altered, or holds a type that is not on our list."""


class PromotionRefused(IArgusError):
    """Raised when a version may not become champion, because no worker could serve it rightly."""


class ModelNotLoaded(IArgusError):
    """Raised when no model, or not the version asked for, is in memory for a task."""


class ModelBusy(IArgusError):
    """Raised when the processes that answer for a model have no room or no time for a request."""


class ModelFailed(IArgusError):
    """Raised when a model raises an error instead of an answer."""


class DataError(IArgusError):
    """Raised when labelled data cannot be read, or is too little to train or to judge."""


class LabelInvalid(IArgusError):
    """Raised when a label does not fit its task, such as a price of zero. `reason` says so in
    general, without the label, so that many such labels can be counted."""

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason or "the label does not fit its task"


class ImportUnknown(IArgusError):
    """Raised for the number of an import that there is not."""


class ImportStateError(IArgusError):
    """Raised when an import cannot be undone, or was undone while it ran."""


class TokenRejected(IArgusError):
    """Raised, as a subclass, when a token is certainly not good."""


class TokenMissing(TokenRejected):
    """Raised when a request carries no token."""


class TokenMalformed(TokenRejected):
    """Raised when a token is no JWT of ours: its form, signature, key or claims are wrong."""


class TokenKeyUnknown(TokenMalformed):
    """Raised when a token names a key that is not in the ring of this process."""


class TokenExpired(TokenRejected):
    """Raised when a token was good until its `exp`."""


class TokenRevoked(TokenRejected):
    """Raised when a token was revoked before its `exp`."""


class TokenAmbiguous(IArgusError):
    """Raised when a request carries two different tokens (RFC 6750 section 2 allows one)."""


class TokenStateUnknown(IArgusError):
    """Raised when revocations were last read too long ago to say whether a token is good."""


class ScopeMissing(IArgusError):
    """Raised when a good token has not the scope that a route asks for."""


class TaskNotAllowed(IArgusError):
    """Raised when a good token is limited to other tasks."""


class TokenUnknown(IArgusError):
    """Raised when no token with this `jti` was ever issued."""


class RevocationUnexpected(IArgusError):
    """Raised when a revocation means another number of tokens than its caller expects."""


class KeysChanged(IArgusError):
    """Raised when somebody changed the signing keys while another was about to."""


class SigningKeyMissing(IArgusError):
    """Raised when no key is there to sign with."""


class PersonNotAllowed(IArgusError):
    """Raised when an address is not among those that may have a token."""


class InvitationInvalid(IArgusError):
    """Raised when an invitation is wrong, used up, expired, revoked or another person's; which of
    them it is nobody learns."""


class ConfirmationInvalid(IArgusError):
    """Raised when the link of a mail is not ours, was used, or has expired."""


class TokensAtLimit(IArgusError):
    """Raised when a person holds as many tokens as one may."""


class PredictionUnknown(IArgusError):
    """Raised when feedback names a prediction that was not recorded, or not for this token."""


class FeedbackConflict(IArgusError):
    """Raised when a prediction already has another label than the one sent."""


class RateLimited(IArgusError):
    """Raised when a limit is used up: which one, and after how many seconds to come back.

    `headers` are `Retry-After`, and what is left of each limit that applies.
    """

    def __init__(
        self,
        message: str,
        *,
        limiter: str,
        retry_after_s: int,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.limiter = limiter
        self.retry_after_s = retry_after_s
        self.headers = {"Retry-After": str(retry_after_s), **headers}


class CountersUnavailable(IArgusError):
    """Raised when the Redis that counts requests over all hosts does not answer or refuses."""


class AddressNotAllowed(IArgusError):
    """Raised when a request comes from an address that `access` does not name."""


class BodyTooLarge(IArgusError):
    """Raised when a request's body is over the limit in bytes."""


class BodyTooSlow(IArgusError):
    """Raised when a request's body does not arrive in time."""


class BodyEncoded(IArgusError):
    """Raised when a request's body is compressed, which nothing here takes apart."""


class BodyInvalid(IArgusError):
    """Raised when a request's body is not the JSON object that the route expects. `fields` are the
    places that are to blame, such as `cars[1].mileage`, each with its reason."""

    def __init__(self, message: str, *, fields: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class MailNotSent(IArgusError):
    """Raised when the mail server refuses a message or cannot be reached."""


class ChampionChanged(IArgusError):
    """Raised when somebody chose another champion while monitoring judged the one before."""


class RunLocked(IArgusError):
    """Raised when another monitoring run holds the lock; the message says which."""
