"""The OpenAPI description as a document, and what it took to make it true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from iargus.auth.jwt.claims import ADMIN
from iargus.auth.tokens.record import Grant, Holder
from tests.api.application import ADA, Api

CAR = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.client.get("/openapi.json").json()
    return found


@pytest.fixture
def admin(api: Api) -> dict[str, str]:
    holder = Holder("Ada", "King", "ada@example.com")
    token = api.services.tokens.issue(holder, Grant(scope=ADMIN)).token
    return {"Authorization": f"Bearer {token}"}


def validator(document: dict[str, Any], schema: Any) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": document["components"],
        },
        validate_formats=True,
    )


def contents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body and every answer, with where it is."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for name, body in bodies.items():
                for media_type, content in body.get("content", {}).items():
                    yield f"{method} {path} {name} {media_type}", content


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(document).validate()
    broken = document | {"paths": {"/": {"get": {"responses": {"200": {}}}}}}
    with pytest.raises(Exception, match="description"):
        schemathesis.openapi.from_dict(broken).validate()


def test_every_schema_is_one(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(document))
    assert len(found) > 50
    for reference in found:
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_every_body_and_answer_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for place, content in contents(document):
        if "json" not in place:
            continue
        schema = content["schema"]
        name = schema.get("$ref", "").rpartition("/")[2]
        named = content.get("examples", {}).values()
        references = [each["$ref"].rpartition("/")[2] for each in named]
        values = [document["components"]["examples"][each]["value"] for each in references]
        values += document["components"]["schemas"].get(name, schema).get("examples", [])
        assert values, place
        for value in values:
            validator(document, schema).validate(value)


def test_the_examples_of_bodies_are_taken(api: Api, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path in ("/get_token", "/predict", "/predict/batch", "/intent", "/intent/batch"):
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in schemas[schema["schema"]["$ref"].rpartition("/")[2]]["examples"]:
            answer = api.client.post(path, json=example, headers=api.bearer())
            assert answer.status_code == 200, answer.text


def test_the_latest_year_moves_with_the_clock(api: Api) -> None:
    def latest() -> int:
        document = api.client.get("/openapi.json").json()
        year = document["components"]["schemas"]["CarBody"]["properties"]["year"]
        numbers, texts = year["anyOf"]
        last: int = numbers["maximum"]
        pattern = jsonschema_rs.validator_for({"pattern": texts["pattern"]})
        assert pattern.is_valid(str(last))
        assert not pattern.is_valid(str(last + 1))
        return last

    year = api.clock.now.year
    assert latest() == year + 1
    api.clock.pass_by(days=(date(year + 1, 1, 1) - api.clock.now.date()).days)
    assert latest() == year + 2
    headers = api.bearer()
    for number, status in ((year + 2, 200), (year + 3, 422)):
        answer = api.client.post("/predict", json=CAR | {"year": number}, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/intent", "GET, POST"),
        ("DELETE", "/intent", "GET, POST"),
        ("TRACE", "/predict", "POST"),
        ("HEAD", "/live", "GET"),
        ("GET", "/admin/tokens/search", "POST"),
        ("GET", "/admin/tokens/revoke", "POST"),
        ("DELETE", "/admin/tokens/x", "GET"),
    ],
)
def test_405_names_every_method_of_the_path(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"security_token":"a","security_token":"b"}'])
def test_a_body_of_revoke_token_is_read_as_any_other(api: Api, body: bytes) -> None:
    headers = api.bearer()
    refused = api.client.post("/revoke_token", content=body, headers=headers)
    assert (refused.status_code, refused.json()["label"]) == (422, "BODY_INVALID")
    alone = api.client.post("/revoke_token", content=body)
    assert (alone.status_code, alone.json()["label"]) == (401, "TOKEN_MISSING")
    other = {"security_token": api.token()}
    two = api.client.post("/revoke_token", json=other, headers=headers)
    assert (two.status_code, two.json()["label"]) == (400, "TOKEN_AMBIGUOUS")
    assert api.client.post("/intent", json={"text": "hi"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [
        ("2026-11-01T12:00:00Z", 200),
        ("2026-11-01t12:00:00.123456789z", 200),
        ("2016-12-31T23:59:60Z", 200),
        ("0001-01-01T00:00:00+23:59", 200),
        ("9999-12-31T23:59:59-23:59", 200),
        ("2026-11-01", 422),
        ("2026-11-01T12:00:00", 422),
        ("2026-11-01 12:00:00Z", 422),
        ("2026-02-30T12:00:00Z", 422),
        ("1793534400", 422),
        (1793534400, 422),
        (True, 422),
    ],
)
def test_a_time_is_rfc_3339(api: Api, admin: dict[str, str], timestamp: Any, status: int) -> None:
    answer = api.client.post(
        "/admin/tokens/search", json={"issued_before": timestamp}, headers=admin
    )
    assert answer.status_code == status, answer.text
    if isinstance(timestamp, str):
        query = {"issued_before": timestamp}
        assert api.client.get("/admin/tokens", params=query, headers=admin).status_code == status


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"limit": 5}, 200),
        ({"limit": 5.0}, 200),
        ({"limit": "5"}, 422),
        ({"limit": True}, 422),
        ({"cursor": 2**63 - 1}, 200),
        ({"cursor": 2**63}, 422),
        ({"jti": "a\x00b"}, 200),
        ({"jti": "\u3000"}, 422),
    ],
)
def test_a_search_takes_what_is_described(
    api: Api, document: dict[str, Any], admin: dict[str, str], asked: Any, status: int
) -> None:
    answer = api.client.post("/admin/tokens/search", json=asked, headers=admin)
    assert answer.status_code == status, answer.text
    schema = {"$ref": "#/components/schemas/SearchBody"}
    assert validator(document, schema).is_valid(asked) == (status == 200)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"first_name": "山田\u3000太郎"}, 200),
        ({"first_name": "a\u202eb"}, 422),
        ({"first_name": "Ada\n"}, 422),
        ({"email": "ада@example.com"}, 200),
        ({"email": "ada@example.TEST"}, 422),
        ({"email": "ada@example"}, 422),
        ({"email": '"a b"@example.com'}, 422),
        ({"tasks": ["intent"]}, 200),
        ({"tasks": ["other"]}, 422),
        ({"ttl_days": 180.0}, 200),
        ({"ttl_days": 181}, 422),
        ({"ttl_days": True}, 422),
    ],
)
def test_a_request_for_a_token_takes_what_is_described(
    api: Api, document: dict[str, Any], changed: Any, status: int
) -> None:
    answer = api.client.post("/get_token", json=ADA | changed)
    assert answer.status_code == status, answer.text
    schema = {"$ref": "#/components/schemas/TokenRequest"}
    assert validator(document, schema).is_valid(ADA | changed) == (status == 200)


@pytest.mark.parametrize("label", [True, False])
def test_a_label_is_neither_true_nor_false(api: Api, label: bool) -> None:
    asked = {"prediction_id": "x", "label": label}
    answer = api.client.post("/feedback", json=asked, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, "LABEL_INVALID")


@pytest.mark.parametrize("path", ["a%00b", "%E4", "%F0%9F%9A%97", "a%25b", "%0A", "x" * 4000])
def test_any_id_of_a_token_is_unknown(api: Api, admin: dict[str, str], path: str) -> None:
    answer = api.client.get(f"/admin/tokens/{path}", headers=admin)
    assert (answer.status_code, answer.json()["label"]) == (404, "TOKEN_UNKNOWN")


@pytest.mark.parametrize("value", [b"Bearer \xe4\xff", b"\xff", b"Bearer \x80.\x80.\x80"])
def test_a_header_in_latin_1_is_no_token(api: Api, value: bytes) -> None:
    answer = api.client.post("/predict", json=CAR, headers={b"Authorization": value})
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_INVALID")
