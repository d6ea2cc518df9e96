"""A byte of a text is spoiled before it was sent, so that it is no text any more: what it belongs to is named, and the rest goes."""

from __future__ import annotations

import pytest

from local_app.desk import Desk
from shared.change import SyncTrouble
from shared.store.verify import digests
from tests.sync_server.conftest import Serving
from tests.sync_server.test_healing import desk, heal, hub_rows, spoil, synced, worked

__all__ = ["desk"]


@pytest.mark.parametrize("name", ["row", "entity", "author", "patch"])
@pytest.mark.parametrize("back", range(3))
def test_a_text_that_is_none_is_emptied_and_the_others_are_sent(desk: Desk, serving: Serving, name: str, back: int) -> None:
    synced(desk)
    worked(desk)
    spoil(desk, f"UPDATE log SET {name} = CAST(x'e9' || {name} AS TEXT) WHERE seq = (SELECT max(seq) - ? FROM log)", back)
    with pytest.raises(SyncTrouble, match="Неотправленное повреждено"):
        synced(desk)
    assert desk.store.verify() != []
    assert "опустошено" in heal(desk)[0]
    synced(desk)
    assert desk.store.verify() == serving.hub.verify() == []
    assert digests(desk.store) == digests(serving.hub.store)
    assert "Ромашка" in {row["name"] for row in hub_rows(serving, "clients").values()}
