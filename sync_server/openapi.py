"""Every endpoint under /api/v1 in one table, and the OpenAPI 3.1 document that is drawn from it (docs/openapi.json)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared import exchange
from shared.filestore import LARGEST, PIECE

Json = dict[str, Any]
MESSAGE = exchange.MEDIA_TYPE
BYTES = "application/octet-stream"
JSON = "application/json"
REASONS = {
    400: "Not JSON, not a message, a wrong type.",
    401: "No token, an unknown or a revoked one.",
    403: "A wrong, used or old code.",
    404: "There is no such thing here (any more).",
    409: "Not now: no synced row names this file, or the hub has lost others' work that this user may not write.",
    413: "A body over its limit.",
    415: "A body of another type.",
    422: "A piece that does not go on where the last one ended, or a whole with another SHA-256.",
    429: "Too many attempts; the next ones wait.",
}
ALWAYS = {
    "4XX": "Turned away before the endpoint was asked: no HTTP, headers too large, another method.",
    "503": "The disk is full or the store is locked; try again later.",
}
SHA256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
HEAD: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
WHOLE: Json = {"type": "integer", "minimum": 0}
SIZE: Json = {**WHOLE, "maximum": LARGEST}
TEXT: Json = {"type": "string"}


class Endpoint(NamedTuple):
    """One route and method: what it takes, what it answers, with which statuses it turns away."""

    method: str
    path: str
    summary: str
    answer: Json
    answer_type: str = JSON
    body: Json | None = None
    body_type: str = JSON
    query: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    open: bool = False  # answered without a token


def properties(required: Mapping[str, Json], **optional: Json) -> Json:
    """The schema of an object; more may be added to it later."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def texts(*names: str) -> dict[str, Json]:
    return dict.fromkeys(names, TEXT)


OFFSET = ("offset",)
RAW: Json = {"type": "string", "format": "binary", "maxLength": PIECE}
ENDPOINTS = (
    Endpoint("GET", "/api/v1/ping", "Whether this is a hub at all.", properties({"hub": {"const": "zakaznik"}}), open=True),
    Endpoint(
        "POST", "/api/v1/enrol", "Spends a one-time code and makes a device of its user.",
        properties(texts("device", "token", "prefix", "author", "name", "role", "title")),
        body=properties(texts("code"), **texts("label", "name", "version", "author", "login")), statuses=(400, 403, 413, 429), open=True,
    ),
    Endpoint(
        "POST", "/api/v1/exchange", "One message of the sync, answered by one message; see protocol.md.",
        {"type": "string", "format": "binary"}, MESSAGE,
        {"type": "string", "format": "binary", "maxLength": exchange.LARGEST_OFFER}, MESSAGE, statuses=(400, 401, 409, 413, 415),
    ),
    Endpoint(
        "POST", "/api/v1/prefix", "A node prefix that no device ever had, for a laptop that found itself copied.",
        properties(texts("prefix")), statuses=(401, 413, 429),
    ),
    Endpoint(
        "GET", "/api/v1/snapshot", "Where the current snapshot stands, its digest and its size.",
        properties({"place": WHOLE, "head": HEAD, "sha256": SHA256, "size": WHOLE}), query=("from",), statuses=(400, 401),
    ),
    Endpoint(
        "GET", "/api/v1/snapshot/{sha256}", "Bytes of a snapshot from an offset on.", RAW, BYTES, query=OFFSET, statuses=(400, 401, 404),
    ),
    Endpoint(
        "POST", "/api/v1/files/known", "How many bytes of each attached file the hub has, and which of them are whole.",
        properties({"files": {"type": "object", "additionalProperties": SIZE}, "whole": {"type": "array", "items": SHA256}}),
        body=properties({"files": {"type": "array", "items": SHA256, "maxItems": 1000}}), statuses=(400, 401, 413),
    ),
    Endpoint("GET", "/api/v1/files/{sha256}", "Bytes of a file from an offset on.", RAW, BYTES, query=OFFSET, statuses=(400, 401, 404)),
    Endpoint(
        "PUT", "/api/v1/files/{sha256}", "A piece of a file of so many bytes, at an offset.", properties({"whole": {"type": "boolean"}}),
        body=RAW, body_type=BYTES, query=("offset", "size"), statuses=(400, 401, 404, 409, 413, 422),
    ),
)  # fmt: skip


def document() -> Json:
    """The whole document."""
    paths: dict[str, Json] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation(endpoint)
    error = properties(texts("error", "message"))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zakaznik hub",
            "version": str(exchange.PROTOCOL),
            "description": "What a laptop may ask of the hub; see protocol.md.",
        },
        "servers": [{"url": "http://127.0.0.1:8001"}],
        "paths": paths,
        "components": {"schemas": {"Error": error}, "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}}},
    }


def operation(endpoint: Endpoint) -> Json:
    asked = {"requestBody": {"required": True, "content": content(endpoint.body_type, endpoint.body)}} if endpoint.body else {}
    refusals = {str(status): refusal(REASONS[status]) for status in endpoint.statuses}
    name = endpoint.path.removeprefix("/api/v1/").replace("/{sha256}", "_piece").replace("/", "_")
    return {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method.lower()}_{name}",
        "security": [] if endpoint.open else [{"device": []}],
        "parameters": list(parameters(endpoint)),
        **asked,
        "responses": {
            "200": {"description": "Done.", "content": content(endpoint.answer_type, endpoint.answer)},
            **refusals,
            **{status: refusal(words) for status, words in ALWAYS.items()},
        },
    }


def parameters(endpoint: Endpoint) -> Iterable[Json]:
    if "{sha256}" in endpoint.path:
        yield {"name": "sha256", "in": "path", "required": True, "schema": SHA256}
    for name in endpoint.query:
        yield {"name": name, "in": "query", "schema": {**WHOLE, "default": 0}}


def refusal(words: str) -> Json:
    """Every refusal has a word for programs and a Russian sentence for the user."""
    return {"description": words, "content": content(JSON, {"$ref": "#/components/schemas/Error"})}


def content(kind: str, schema: Json) -> Json:
    return {kind: {"schema": schema}}
