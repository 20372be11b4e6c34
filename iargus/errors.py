"""The root of every error that IArgus raises on purpose.

No transport lives here: `iargus.web.problems` turns an error into a status, the command line
into a line on stderr. A message is written for the person who can do something about it and
never contains a secret, a token or an e-mail address.
"""

from __future__ import annotations


class IArgusError(Exception):
    """Raised, as a subclass, for every failure that IArgus foresees; catch it to catch them all."""


class ConfigurationError(IArgusError):
    """Raised when `config.yml` or the environment cannot be used; names the setting."""


class DatabaseUnavailable(IArgusError):
    """Raised when the database cannot be reached or does not answer in time."""


class SchemaMissing(IArgusError):
    """Raised when the database answers but lacks the tables that this version needs."""


class RegistryUnavailable(IArgusError):
    """Raised when the MLflow registry cannot be reached or answers with an error."""


class VersionUnknown(IArgusError):
    """Raised when a task has no such version, or no version with the alias that was asked for."""


class ArtefactRejected(IArgusError):
    """Raised when a model's file is missing, altered, or holds a type that is not on our list."""


class PromotionRefused(IArgusError):
    """Raised when a version may not become champion, because no worker could serve it rightly."""


class ModelNotLoaded(IArgusError):
    """Raised when no model, or not the version asked for, is in memory for a task."""


class DataError(IArgusError):
    """Raised when labelled data cannot be read, or is too little to train or to judge."""


class LabelInvalid(IArgusError):
    """Raised when a label does not fit its task, such as a price of zero."""


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
    """Raised when a revocation means another number of tokens than whoever asked expects."""


class KeysChanged(IArgusError):
    """Raised when somebody changed the signing keys while another was about to."""


class SigningKeyMissing(IArgusError):
    """Raised when no key is there to sign with."""


class PredictionUnknown(IArgusError):
    """Raised when feedback names a prediction that was not recorded, or not for this token."""


class FeedbackConflict(IArgusError):
    """Raised when a prediction already has another label than the one sent."""


class RateLimited(IArgusError):
    """Raised when a limit is used up; `retry_after_s` says when to come back."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BodyTooLarge(IArgusError):
    """Raised when a request's body is over the limit in bytes."""


class BodyInvalid(IArgusError):
    """Raised when a request's body is not the JSON object that the route expects."""


class MailNotSent(IArgusError):
    """Raised when the mail server refuses a message or cannot be reached."""


class ChampionChanged(IArgusError):
    """Raised when somebody chose another champion while monitoring judged the one before."""


class RunLocked(IArgusError):
    """Raised when another monitoring run holds the lock; the message says which."""
