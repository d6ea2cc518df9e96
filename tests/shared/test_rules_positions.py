"""Places between places: they sort, they stay short, they never run out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.positions import between, several


@given(st.lists(st.floats(0, 1), max_size=60))
def test_any_way_of_inserting_keeps_the_order(wishes: list[float]) -> None:
    places: list[str] = []
    for wish in wishes:
        index = round(wish * len(places))
        before = places[index - 1] if index else ""
        behind = places[index] if index < len(places) else ""
        places.insert(index, between(before, behind))
    assert places == sorted(set(places))
    assert not any(place.endswith("0") for place in places)


def test_a_thousand_rows_added_at_either_end_keep_places_of_four_signs() -> None:
    down = several("", "", 1000)
    assert down == sorted(down)
    assert max(map(len, down)) == 4
    up = [down[0]]
    for _ in range(1000):
        up.insert(0, between("", up[0]))
    assert up == sorted(up)
    assert max(map(len, up)) == 4


def test_always_dropping_into_the_same_gap_grows_slowly() -> None:
    low, high = "V", "W"
    for _ in range(200):
        high = between(low, high)
    assert low < high
    assert len(high) < 50


def test_no_place_between_equal_or_foreign_ones() -> None:
    for before, behind in (("V", "V"), ("W", "V"), ("V-", ""), ("10", "")):
        with pytest.raises(ValueError, match=r"place|lies"):
            between(before, behind)
