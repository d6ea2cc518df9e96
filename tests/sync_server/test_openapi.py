"""docs/openapi.json says what the hub answers: the same routes and methods as Flask, every status described."""

from __future__ import annotations

import json
from pathlib import Path

from sync_server.access import Access
from sync_server.app import make_app
from sync_server.hub import Hub
from sync_server.openapi import ENDPOINTS, document
from tests.house.files import ROOT


def routes(office: Path) -> set[tuple[str, str]]:
    """(method, path) of what Flask serves under /api."""
    hub, access = Hub.open(office), Access.open(office)
    rules = [rule for rule in make_app(hub, access).url_map.iter_rules() if rule.rule.startswith("/api/")]
    hub.close()
    access.close()
    return {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_document_names_the_routes_and_methods_that_flask_serves(office: Path) -> None:
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert described == routes(office)
    assert len(described) == len(ENDPOINTS)


def test_the_published_document_is_the_one_that_the_table_draws() -> None:
    assert json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")) == document()


def test_every_operation_has_a_name_of_its_own_and_a_reason_for_each_refusal() -> None:
    operations = [operation for methods in document()["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        refusals = {status: told for status, told in operation["responses"].items() if status != "200"}
        assert all(told["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"} for told in refusals.values())
