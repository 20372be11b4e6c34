"""What a problem's `detail` says, for the examples of the OpenAPI description."""

from __future__ import annotations

DETAILS = {
    "TOKEN_MISSING": "a token is needed: Authorization: Bearer <token>, or security_token in the "
    "body; POST /get_token issues one",
    "TOKEN_INVALID": "the token is not valid",
    "TOKEN_EXPIRED": "the token has expired",
    "TOKEN_REVOKED": "the token was revoked",
    "TOKEN_AMBIGUOUS": "the Authorization header and security_token hold different tokens",
    "TOKEN_STATE_UNKNOWN": "it cannot be said at the moment whether the token was revoked",
    "SCOPE_MISSING": "this needs a token whose scope is admin",
    "TASK_NOT_ALLOWED": "this token is not for car_price",
    "TOKEN_UNKNOWN": "no token with this id was issued",
    "ADDRESS_NOT_ALLOWED": "this address may not use this part of the service",
    "BODY_TOO_SLOW": "the body did not arrive within 20 s",
    "PERSON_NOT_ALLOWED": "this address may not have a token here",
    "INVITATION_INVALID": "this invitation is not valid",
    "CONFIRMATION_INVALID": "this link is not valid: it was used, or has expired",
    "TOKENS_AT_LIMIT": "this person holds as many tokens as one may",
    "BODY_TOO_LARGE": "the body is over 1048576 bytes",
    "BODY_ENCODED": "the body must not be compressed: send it without Content-Encoding",
    "BODY_INVALID": 'the body must be a JSON object, such as {"text": "hello"}',
    "INPUT_INVALID": "year: Input should be greater than or equal to 1900; make: Field required",
    "LABEL_INVALID": "a price is above zero, not -1",
    "PREDICTION_UNKNOWN": "no prediction of yours has this prediction_id",
    "FEEDBACK_CONFLICT": "this prediction has the label 14950 already",
    "REVOCATION_UNEXPECTED": "this means 3 valid tokens of 1 people; ask again with "
    '"expected": 3, and with something that says which are meant',
    "VERSION_NOT_LOADED": "version must be the number of a loaded model",
    "RATE_LIMITED": "too many requests; come back in 42 s",
    "MODEL_NOT_LOADED": "no model is ready for this task yet; try again later",
    "MODEL_BUSY": "the model has too much to do; try again later",
    "DATABASE_UNAVAILABLE": "the database does not answer; try again later",
    "SIGNING_KEY_MISSING": "no token can be issued at the moment; try again later",
    "NOT_READY": "no model for car_price",
    "METRICS_UNAVAILABLE": "metrics cannot be read",
}

# Of a 422 that names its fields; with a single one, the label is that field's.
INVALID_INPUT = [
    {
        "field": "year",
        "label": "YEAR_TOO_SMALL",
        "detail": "Input should be greater than or equal to 1900",
    },
    {"field": "make", "label": "MAKE_MISSING", "detail": "Field required"},
]

_RENEW = "Request a new token with `POST /get_token`"
_LATER = "Try again after `Retry-After` seconds; the token is still good"
# What a client does about each problem; the reference is generated from here.
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
