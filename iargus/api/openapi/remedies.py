"""What a client does about each problem; the reference of problems is generated from here."""

from __future__ import annotations

_RENEW = "Request a new token with `POST /get_token`"
_LATER = "Try again after `Retry-After` seconds; the token is still good"
REMEDIES = {
    "TOKEN_MISSING": "Send a token; `POST /get_token` issues one",
    "TOKEN_INVALID": _RENEW,
    "TOKEN_EXPIRED": _RENEW,
    "TOKEN_REVOKED": _RENEW,
    "TOKEN_AMBIGUOUS": "Send one token, not two",
    "TOKEN_STATE_UNKNOWN": _LATER,
    "SCOPE_MISSING": "Use a token with this scope: this one is valid, but not for this route",
    "TASK_NOT_ALLOWED": "Use a token for this task: this one is valid, but limited to others",
    "TOKEN_UNKNOWN": "Check the id; `GET /admin/tokens` lists those there are",
    "ADDRESS_NOT_ALLOWED": "Send the request from a network that the setting `access` names",
    "PERSON_NOT_ALLOWED": "Ask the operator of the service for access",
    "INVITATION_INVALID": "Ask the operator of the service for an invitation",
    "CONFIRMATION_INVALID": "Request another link: this one was used or has expired",
    "TOKENS_AT_LIMIT": "Revoke a token, then ask again",
    "BODY_TOO_SLOW": "Send the whole body within `requests.body_timeout_s`",
    "BODY_TOO_LARGE": "Send a smaller body, or a batch in several parts",
    "BODY_ENCODED": "Send the body uncompressed",
    "BODY_INVALID": "Send one JSON object",
    "INPUT_INVALID": "Correct the fields in `errors`. Where only one is invalid, the label is that "
    "field's: `TEXT_EMPTY`, `YEAR_TOO_SMALL`, …",
    "LABEL_INVALID": "Correct the label",
    "PREDICTION_UNKNOWN": "Send the `prediction_id` of an answer to this token's holder",
    "FEEDBACK_CONFLICT": "Nothing: the prediction already has another label",
    "REVOCATION_UNEXPECTED": "Say how many tokens you expect to revoke, in `expected`",
    "VERSION_NOT_LOADED": "Use a version that is loaded, or leave `version` out",
    "RATE_LIMITED": "Try again after `Retry-After` seconds; `violated-policies` names the limit",
    "HEADER_TOO_LARGE": "Shorten the address or the headers: 64 KiB together",
    "ROUTE_UNKNOWN": "Check the path; `/docs` lists the routes",
    "METHOD_NOT_ALLOWED": "Use a method that the header `Allow` names",
    "INTERNAL_ERROR": "Report it to the operator of the service, with the time of the request",
    "MODEL_NOT_LOADED": _LATER,
    "MODEL_BUSY": _LATER,
    "DATABASE_UNAVAILABLE": _LATER,
    "SIGNING_KEY_MISSING": _LATER,
    "NOT_READY": "Try again after `Retry-After` seconds",
    "METRICS_UNAVAILABLE": "Check that the folder `var/metrics` can be read",
}
