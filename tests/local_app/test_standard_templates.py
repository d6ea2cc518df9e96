"""What the standard templates make of facts that are seldom together."""

from __future__ import annotations

import re

import pytest

from local_app.documents.filling import fill
from local_app.documents.standard import standard

FIRM = {"director": "Кузнецов П. А.", "director_post": "Генеральный директор"}


@pytest.mark.parametrize(
    ("manager", "signed"),
    [
        ({"name": "Анна Петрова", "post": ""}, "Ответственный Анна Петрова"),
        ({"name": "Анна Петрова", "post": "Старший менеджер"}, "Старший менеджер Анна Петрова"),
        ({"name": "", "post": ""}, "Генеральный директор Кузнецов П. А."),
    ],
)
def test_an_offer_is_signed_with_the_post_of_whom_it_names(manager: dict[str, str], signed: str) -> None:
    html = fill(standard("offer").body, {"manager": {**manager, "phone": "", "email": ""}, "organization": FIRM, "lines": []}).html
    (sign,) = re.findall(r'<div class="sign">(.*?)</div>', html, re.DOTALL)
    assert " ".join(re.sub("<[^>]+>", " ", sign).split()) == signed


def test_a_contract_has_one_stop_after_a_day_and_tells_what_the_discount_is_taken_from() -> None:
    facts = {"document": {"shipment_date": "1 декабря 2026 г."}, "totals": {"sum": "500,00", "discount": "−50,00"}, "lines": []}
    words = fill(standard("contract").body, facts).html
    assert "исполняет договор до 1 декабря 2026 г.</p>" in words
    assert [each in words for each in ("Итого:", "500,00", "−50,00")] == [True] * 3
