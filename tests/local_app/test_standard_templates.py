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
