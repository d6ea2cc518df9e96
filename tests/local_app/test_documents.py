"""Papers made for real: filled in a child process, printed to PDF and read again; numbers, and that an issued one stays."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from pypdf import PageObject, PdfReader

from local_app.desk import Desk
from local_app.documents.catalogue import catalogue
from local_app.documents.facts import document_of, paper
from local_app.documents.issuing import as_of_now, cancel, draft, file_name, filled, issue, number_warning
from local_app.documents.printer import Printer
from local_app.documents.standard import STANDARD, offered, sheet, standard
from shared import filestore
from shared.change import Edit, Refused
from shared.entity import MICRO, Value
from tests.support.laptops import answered, new_desk
from tests.support.qr import qr_text

MARGIN = 12 * 72 / 25.4
"""Of paper.css at the right, in points."""
AUTUMN_2026 = 1_795_000_000_000
REQUISITES: dict[str, Value] = {"inn": "7707083893", "kpp": "770701001"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    made.clock = lambda: AUTUMN_2026
    lines = ((3, 348_350_000, 10 * MICRO), (1, 100 * MICRO, None))
    made.do([
        Edit("organizations", "firm", {"name": "ООО «Ромашка»", "director": "Кузнецов Пётр Алексеевич", **REQUISITES}),
        Edit("bank_accounts", "account", {
            "organization_id": "firm", "account": "40702810138250123017", "bic": "044525225", "bank": "ПАО Сбербанк, г. Москва",
            "correspondent_account": "30101810400000000225",
        }),
        Edit("clients", "client", {"name": "ООО «Лютик»", **REQUISITES}), Edit("units", "piece", {"name": "шт", "okei": "796"}),
        Edit("custom_fields", "colour", {"home": "order_lines", "name": "Цвет"}),
        Edit("custom_fields", "tube", {"home": "products", "name": 'Труба 1/2"'}), Edit("products", "pipe", {"name": "Труба"}),
        Edit("custom_fields", "day", {"home": "orders", "name": "Замер", "value_kind": "date"}),
        Edit("orders", "order", {"number": "7", "date": "2026-11-20", "client_id": "client", "organization_id": "firm"}),
        *(Edit("order_lines", f"line{at}", {
            "order_id": "order", "position": f"a{at}", "name": f"Товар <{at}> & Ко", "unit_id": "piece", "quantity": quantity * MICRO,
            "price": price, "product_id": "pipe", "discount_percent": discount, "vat_mode": "included", "vat_percent": 22 * MICRO,
        }) for at, (quantity, price, discount) in enumerate(lines)),
        Edit("custom_values", "red", {"line_id": "line0", "field_id": "colour", "value": "красный"}),
        Edit("custom_values", "thread", {"product_id": "pipe", "field_id": "tube", "value": "латунь"}),
        Edit("custom_values", "march", {"order_id": "order", "field_id": "day", "value": "2026-03-12"}),
    ], "Данные")  # fmt: skip
    yield made
    made.close()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def kept(desk: Desk, row: str) -> bytes:
    return filestore.path_of(desk.folder, document_of(desk.store, row)["sha256"]).read_bytes()


def own_template(desk: Desk, body: str) -> str:
    desk.do([Edit("templates", "own", {"name": "Свой счёт", "document_type": "invoice", "format": "html", "body": body})], "Шаблон")
    return draft(desk, "order", "invoice", "own")


def test_an_invoice_is_issued_with_its_number_its_facts_and_its_file(desk: Desk, printer: Printer) -> None:
    made = draft(desk, "order", "invoice")
    assert document_of(desk.store, made)["number"] == ""
    issued = issue(desk, printer, made)
    assert (issued["number"], issued["state"], issued["date"], issued["organization_id"], issued["total"]) == (
        "1", "issued", "2026-11-18", "firm", 104_054,
    )  # fmt: skip
    said = text_of(kept(desk, made))
    for words in (
        "Счёт на оплату № 1 от 18 ноября 2026 г.", "ИНН 7707083893", "40702810138250123017", "ООО «Лютик»", "Товар <0> & Ко", "348,35",
        "940,54", "В том числе НДС 22 %: 187,64", "Всего к оплате: 1 040,54", "Одна тысяча сорок рублей 54 копейки", "Кузнецов П. А.",
    ):  # fmt: skip
        assert words in said.replace("\N{NO-BREAK SPACE}", " "), words
    assert json.loads(issued["facts"])["totals"]["words"] == "Одна тысяча сорок рублей 54 копейки"


def test_the_square_asks_for_what_is_left_to_pay(desk: Desk, printer: Printer) -> None:
    desk.do([Edit("payments", "half", {"order_id": "order", "amount": 40_054})], "Оплата")
    picture = paper(desk.store, as_of_now(desk, document_of(desk.store, draft(desk, "order", "invoice")))).facts["payment"]["qr"]
    code = qr_text(unquote(picture).replace("'", '"'))
    assert "|Sum=64000|" in code
    assert "В том числе НДС 22 %: 115,41|" in code  # of 640,00 out of 1040,54, whose tax is 187,64
    assert "|PersonalAcc=40702810138250123017|" in code
    desk.do([Edit("payments", "rest", {"order_id": "order", "amount": 64_000})], "Оплата")
    made = draft(desk, "order", "invoice")
    printed, said = filled(desk.store, printer, as_of_now(desk, document_of(desk.store, made)))
    assert said.facts["payment"]["qr"] == ""
    assert "<img" not in printed.html


@pytest.mark.parametrize("kind", STANDARD)
def test_every_standard_template_uses_known_tags_only(desk: Desk, printer: Printer, kind: str) -> None:
    made = document_of(desk.store, draft(desk, "order", kind))
    printed, said = filled(desk.store, printer, as_of_now(desk, made))
    assert printed.unknown == []
    assert "Товар &lt;0&gt; &amp; Ко" in printed.html
    bare = {**said.facts, "lines": [], "client": dict.fromkeys(said.facts["client"], "")}
    assert printer.fill(standard(kind).body, bare).unknown == []


TORN = re.compile(r"[№\d] (?=руб|%|рабочих|\d{1,6}\b)|(?:ИНН|КПП|ОГРН|ОГРНИП|БИК|Р/с|К/с) (?=\d)")


@pytest.mark.parametrize("kind", STANDARD)
def test_a_number_is_not_torn_from_what_it_counts_and_days_are_told_in_words(desk: Desk, printer: Printer, kind: str) -> None:
    dates: dict[str, Value] = {"shipment_date": "2026-12-01", "pay_until": "2026-12-10"}
    desk.do([Edit("orders", "order", dates)], "Сроки")
    printed, _ = filled(desk.store, printer, as_of_now(desk, document_of(desk.store, draft(desk, "order", kind))))
    words = re.sub(r"<style>.*?</style>|<[^>]+>", "", printed.html, flags=re.DOTALL)
    assert TORN.findall(words) == []
    assert ("1 декабря 2026 г." in words.replace("&nbsp;", " ")) is (kind in ("contract", "specification"))


@pytest.mark.parametrize("kind", STANDARD)
def test_a_name_without_a_space_leaves_price_and_sum_on_the_paper(desk: Desk, printer: Printer, kind: str) -> None:
    name: dict[str, Value] = {"name": "АБВ" * 60}
    desk.do([Edit("order_lines", "line0", name), Edit("clients", "client", name), Edit("organizations", "firm", name)], "Имена")
    printed, _ = filled(desk.store, printer, as_of_now(desk, document_of(desk.store, draft(desk, "order", kind))))
    pages = PdfReader(io.BytesIO(printer.pdf(printed.html, sheet(), "Лист"))).pages
    right = max(box_right(page) for page in pages)
    assert 0 < right < float(pages[0].mediabox.width) - MARGIN


def box_right(page: PageObject) -> float:
    """Where the texts that stand farthest to the right begin, in points."""
    found: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: found.append(cm[0] * tm[4] + cm[4]) if text.strip() else None)
    return max(found, default=0.0)


CALLED = {"sole_trader": "именуемый", "person": "именуемый(-ая)", "company": "именуемое"}


@pytest.mark.parametrize(("form", "alone"), [("sole_trader", True), ("person", True), ("company", False)])
def test_a_contract_speaks_of_a_person_as_of_one(desk: Desk, printer: Printer, form: str, alone: bool) -> None:
    own: dict[str, Value] = {"legal_form": form, "inn": "", "kpp": "", "ogrn": "304463210700212" if form == "sole_trader" else ""}
    desk.do([Edit("clients", "client", own)], "Вид")
    printed, said = filled(desk.store, printer, as_of_now(desk, document_of(desk.store, draft(desk, "order", "contract"))))
    words = " ".join(printed.html.split())
    assert (said.facts["client"]["signs_alone"] != "") is alone
    assert f"</b>, {CALLED[form]} в дальнейшем «Заказчик»" in words
    assert ("именуемое в дальнейшем «Заказчик», в лице" in words) is not alone
    assert ("на основании ОГРНИП&nbsp;304463210700212" in words) is (form == "sole_trader")
    assert "ИНН&nbsp;</p>" not in words


def test_numbers_count_by_organization_type_and_year_and_are_never_given_again(desk: Desk, printer: Printer) -> None:
    first = issue(desk, printer, draft(desk, "order", "invoice"))
    cancel(desk, first["id"])
    assert issue(desk, printer, draft(desk, "order", "invoice"))["number"] == "2"
    assert issue(desk, printer, draft(desk, "order", "act"))["number"] == "1"
    typed = draft(desk, "order", "invoice")
    desk.do([Edit("documents", typed, {"number": "2"})], "Номер руками")
    assert number_warning(desk.store, as_of_now(desk, document_of(desk.store, typed))).startswith(
        "Такой номер уже есть: Счёт на оплату № 2"
    )
    assert issue(desk, printer, typed)["number"] == "2"
    later = draft(desk, "order", "invoice")
    desk.do([Edit("documents", later, {"date": "2027-01-10"})], "Дата")
    assert issue(desk, printer, later)["number"] == "1"


def test_an_issued_document_stays_whatever_happens_to_its_order(desk: Desk, printer: Printer) -> None:
    made = draft(desk, "order", "invoice")
    issue(desk, printer, made)
    before = kept(desk, made)
    desk.do([Edit("order_lines", "line0", {"price": MICRO})], "Другая цена")
    assert kept(desk, made) == before
    for patch in ({"number": "99"}, {"deleted": 1}, {"state": "draft"}):
        with pytest.raises(Refused, match="менять его нельзя"):
            desk.do([Edit("documents", made, patch)], "Правка")
    desk.undo()  # the price
    with pytest.raises(Refused, match="менять его нельзя"):
        desk.undo()  # the issue
    with pytest.raises(Refused, match="уже выставлен"):
        issue(desk, printer, made)
    cancel(desk, made)
    assert document_of(desk.store, made)["state"] == "cancelled"


def test_what_is_missing_refuses_the_issue_and_writes_nothing(desk: Desk, printer: Printer) -> None:
    desk.do([Edit("bank_accounts", "account", {"deleted": 1})], "Счёт удалён")
    made = draft(desk, "order", "invoice")
    with pytest.raises(Refused, match="нет расчётного счёта"):
        issue(desk, printer, made)
    assert (document_of(desk.store, made)["state"], document_of(desk.store, made)["number"]) == ("draft", "")
    desk.do([Edit("orders", "order", {"deleted": 1})], "Заказ удалён")
    with pytest.raises(Refused, match="Заказ удалён"):
        issue(desk, printer, made)


def test_an_own_template_shows_custom_fields_and_names_unknown_tags(desk: Desk, printer: Printer) -> None:
    body = (
        '<p>{{ client.name }}</p>\n<p>{{ client.inm }} {{ buyer }}</p>\n{% for line in lines %}{{ line.custom["Цвет"] }}'
        '{{ line.colour }};{% endfor %}{{ order.custom["Замер"] }}\n'
        "{% set rest = totals.total %}{{ rest }}{% for tax in totals.vat_lines %}{{ tax.label }}{{ loop.index }}{% endfor %}"
    )
    made = own_template(desk, body)
    printed, _ = filled(desk.store, printer, as_of_now(desk, document_of(desk.store, made)))
    assert printed.unknown == ["строка 2: client.inm", "строка 2: buyer", "строка 3: line.colour"]
    assert "красный;;12.03.2026" in printed.html
    assert text_of(printer.pdf(printed.html, "", "Счёт")).startswith("ООО «Лютик»")


def test_every_tag_has_words_and_comes_out_as_it_says(desk: Desk, printer: Printer) -> None:
    said = paper(desk.store, as_of_now(desk, document_of(desk.store, draft(desk, "order", "invoice")))).facts
    groups = catalogue(said)
    tags = [tag for group in groups.values() for tag in group]
    assert {"Документ", "Итоги", "Клиент"} <= groups.keys()
    assert ('{{ line.custom["Труба 1/2\\""] }}', "латунь") in [(tag.tag, tag.value) for tag in tags]
    scope = {**said, "line": said["lines"][0], "tax": said["totals"]["vat_lines"][0]}
    template = "\n".join(f"{{% autoescape false %}}{tag.tag}{{% endautoescape %}}" for tag in tags)
    assert printer.fill(template, scope).html.split("\n") == [line for tag in tags for line in tag.value.split("\n")]


HOSTILE = {
    "reaches for the interpreter": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", ""),
    "runs a command": ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", ""),
    "changes what it was given": ("{{ lines.append('x') }}", "недозволенное"),
    "is written wrongly": ("<p>\n{{ client.name }</p>", "строка 2: тег записан неверно"),
    "includes another file": ("{% include '/etc/passwd' %}", "не заполняется|недозволенное"),
    "is endless": ("{% for a in range(99999) %}{{ 'долго' * 99 }}{% endfor %}", "слишком длинным"),
    "eats memory": ("{{ ('x' * 999999999) * 99 }}", "не хватило памяти|слишком длинным|за отведённое время"),
    "divides by nothing": ("{{ 1 / 0 }}", "не заполняется"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_gets_nothing(desk: Desk, printer: Printer, name: str) -> None:
    body, complaint = HOSTILE[name]
    document = as_of_now(desk, document_of(desk.store, own_template(desk, body)))
    if complaint:
        with pytest.raises(Refused, match=complaint):
            filled(desk.store, printer, document)
    else:
        try:
            assert filled(desk.store, printer, document)[0].html.strip() == ""
        except Refused as refused:
            assert "недозволенное" in str(refused) or "не заполняется" in str(refused)  # noqa: PT017 - either way nothing came out
    assert printer.fill("{{ ok }}", {"ok": "жив"}).html == "жив"


def test_a_template_that_takes_too_long_is_ended_and_the_next_one_is_filled() -> None:
    impatient = Printer(filling=2)
    try:
        with pytest.raises(Refused, match="за отведённое время"):
            impatient.fill("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", {})
        assert impatient.fill("{{ name }}", {"name": "ООО"}).html == "ООО"
    finally:
        impatient.close()


def test_a_paper_fetches_nothing_from_the_disk_or_the_network(desk: Desk, printer: Printer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text('p::after { content: "СЕКРЕТ" }', encoding="utf-8")
    picture = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>").decode()
    there = secret.as_uri()
    html = (
        f'<link rel="stylesheet" href="{there}"><link rel="attachment" href="{there}"><style>@import url("{there}");</style>'
        f'<p>Текст</p><img src="http://127.0.0.1:9/x.png"><img src="data:image/svg+xml;base64,{picture}">'
    )
    pdf = printer.pdf(html, "", "Проба")
    assert text_of(pdf) == "Текст"
    assert PdfReader(io.BytesIO(pdf)).attachments == {}


def test_only_papers_that_have_a_form_are_offered(desk: Desk) -> None:
    assert list(offered(desk.store)) == ["invoice", "offer", "contract", "specification", "act"]
    desk.do([Edit("templates", "deal", {"name": "Наш договор", "document_type": "torg12", "body": "<p>Накладная</p>"})], "Шаблон")
    assert "torg12" in offered(desk.store)
    with pytest.raises(Refused, match="нет стандартного шаблона"):
        standard("upd")


def test_a_file_is_named_so_that_every_system_takes_it() -> None:
    assert file_name({"document_type": "invoice", "number": 'А/7:"*', "date": "2026-11-18"}) == "Счёт на оплату № А 7    от 18.11.2026.pdf"


def test_a_paper_is_made_without_a_window(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "счёт.pdf"
    said = answered("desk", "--data", str(tmp_path), "document", "7", "--issue", "--out", str(target))
    assert (said["number"], said["state"]) == ("1", "issued")
    assert "Счёт на оплату № 1" in text_of(target.read_bytes())
    assert answered("desk", "--data", str(tmp_path), "document", "7")["doubts"] == []
    again = answered("desk", "--data", str(tmp_path), "document", "7", "--number", "1", "--issue")
    assert [each.partition(":")[0] for each in again["doubts"]] == ["Такой номер уже есть"]
