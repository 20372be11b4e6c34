"""What a problem's `detail` says, for the examples of the OpenAPI description."""

from __future__ import annotations

DETAILS = {
    "TOKEN_MISSING": "a token is needed: Authorization: Bearer <token>, or security_token in the "
    "body; POST /get_token issues one",
    "TOKEN_INVALID": "the token is not valid",
    "TOKEN_EXPIRED": "the token has expired",
    "TOKEN_REVOKED": "the token was revoked",
    "TOKEN_AMBIGUOUS": "the Authorization header and security_token hold different tokens",
    "TOKEN_STATE_UNKNOWN": "whether the token was revoked is not known at the moment",
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
    "REVOCATION_UNEXPECTED": "this matches 3 valid tokens, 1 person; repeat the request with "
    '"expected": 3 and at least one condition',
    "VERSION_NOT_LOADED": "version must be the number of a loaded model",
    "RATE_LIMITED": "too many requests; retry in 42 s",
    "MODEL_NOT_LOADED": "no model is ready for this task yet; try again later",
    "MODEL_BUSY": "the model is overloaded; try again later",
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
