"""What of one answer another request takes, as links of the OpenAPI description."""

from __future__ import annotations

from typing import Any

# The names of the routes that links lead to.
FEEDBACK, ONE_TOKEN = "feedback", "show_token"

TO_FEEDBACK: dict[str, Any] = {
    "feedback": {
        "operationId": FEEDBACK,
        "description": "The truth for this prediction, once it is known",
        "requestBody": {"prediction_id": "$response.body#/prediction_id"},
    }
}
TO_NEWEST_TOKEN: dict[str, Any] = {
    "newest": {
        "operationId": ONE_TOKEN,
        "description": "The newest of these tokens",
        "parameters": {"jti": "$response.body#/tokens/0/jti"},
    }
}
