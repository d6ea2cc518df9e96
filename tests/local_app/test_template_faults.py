"""A mistake in a user's template is told in Russian, with the line where it stands."""

from __future__ import annotations

import pytest

from local_app.documents.filling import Wrong, fill

FACTS = {"order": {"number": "А-1"}, "lines": [{"name": "Кабель"}]}
LONG = "{{ order.number | большими }} и ещё много слов до самого конца этой длинной строки"


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("<p>\n{% for x in <b>%}", "Шаблон, строка 2: тег записан неверно, «{% for x in <b>%}»"),
        (LONG, f"Шаблон, строка 1: тег записан неверно, «{LONG[:60]}…»"),
        ("{% if order.number %}\n<p>", "Шаблон, последняя строка: не закрыт {% for %} или {% if %}. Допишите {% endfor %} или {% endif %}"),
        ("<p>\n{{ 1 / 0 }}", "Шаблон, строка 2, «{{ 1 / 0 }}»: не заполняется. Проверьте теги в этом месте"),
        ("\n\n{{ lines.append('x') }}", "Шаблон, строка 3, «{{ lines.append('x') }}»: просит недозволенное. Уберите это"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_in_russian_with_its_line(template: str, complaint: str) -> None:
    with pytest.raises(Wrong) as wrong:
        fill(template, FACTS)
    assert str(wrong.value) == complaint


def test_a_tag_of_many_values_prints_none_of_them_and_tells_how_one_is_written() -> None:
    facts = {"order": {"number": "А-1", "custom": {'Труба 1/2"': "да"}}, "lines": [{"name": "Кабель"}]}
    found = fill(
        "{{ order.custom }}{{ nobody }}\n{{ order }}{{ lines }}{% for line in lines %}{{ line }}{% endfor %}{{ lines | length }}", facts
    )
    assert found.html == "\n1"
    assert found.unknown == [
        "строка 1: nobody",
        'строка 1: order.custom, в нём несколько значений — назовите нужное: order.custom["Труба 1/2\\""]',
        "строка 2: order, в нём несколько значений — назовите нужное: order.number",
        "строка 2: lines, в нём список — повторите его: {% for … in lines %} … {% endfor %}",
        "строка 2: line, в нём несколько значений — назовите нужное: line.name",
    ]
