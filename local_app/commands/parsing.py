"""The command line in Russian: what can be typed, and one plain line about what was typed wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from shared.entities.orders import VAT_MODES
from shared.entities.work import DOCUMENT_TYPES
from shared.typed import count, number

_PHRASES = (
    (r"the following arguments are required: (.+)", r"не хватает: \1"),
    (r"unrecognized arguments: (.+)", r"лишнее в команде: «\1»"),
    (r"argument (\S+): expected one argument", r"после \1 нужно значение"),
    (r"argument (\S+): expected at least one argument", r"после \1 нужно хотя бы одно значение"),
    (r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.+)\)", r"\1: нет варианта «\2», бывают \3"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 и \2 вместе не пишут"),
    (r"ambiguous option: (\S+) could match (.+)", r"\1 можно понять как \2: напишите полностью"),
    (r"argument (\S+): («.+)", r"\1: \2"),
)
_CALLED: Mapping[str, str] = MappingProxyType({
    "entity": "ТАБЛИЦА", "row": "ЗАПИСЬ", "url": "АДРЕС", "code": "КОД", "order": "ЗАКАЗ", "query": "SELECT", "file": "ФАЙЛ",
})  # fmt: skip
"""What stands in a command without a name, as its help and its complaints call it."""
_HELP_WORDS = (("usage: ", "Команда: "), ("positional arguments:", "что указать:"), ("options:", "параметры:"))


class WrongCommand(Exception):
    """What was typed is no command of ours; the message is Russian."""


class Formatter(argparse.HelpFormatter):
    """The help names what an option takes in Russian, too."""

    def _get_default_metavar_for_optional(self, action: argparse.Action) -> str:  # noqa: ARG002 - asked of every action
        return "ЗНАЧЕНИЕ"


class Parser(argparse.ArgumentParser):
    """argparse that speaks Russian and leaves the exit to its caller."""

    def _get_formatter(self) -> argparse.HelpFormatter:
        return Formatter(prog=self.prog)

    def error(self, message: str) -> NoReturn:
        raise WrongCommand(f"{in_russian(message)}. Подсказка: {self.prog} --help")

    def format_help(self) -> str:
        text = super().format_help()
        for english, russian in _HELP_WORDS:
            text = text.replace(english, russian, 1)
        return text.replace("show this help message and exit", "показать эту подсказку")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "Команда: ", 1)


def in_russian(message: str) -> str:
    """One of argparse's messages, in the words of the user."""
    for pattern, russian in _PHRASES:
        found = re.fullmatch(pattern, message)
        if found:
            return found.expand(russian).replace("'', ", "").replace("'", "")  # argparse shows values as Python would
    return message


def take_flag(words: list[str], flag: str) -> bool:
    """Whether a flag stands anywhere in the command; it is taken out."""
    found = flag in words
    words[:] = [word for word in words if word != flag]
    return found


def take_option(words: list[str], name: str) -> str:
    """The value of an option that may stand anywhere in the command, taken out with it; '' when it is not there."""
    for place, word in enumerate(words):
        if word == name:
            if place + 1 == len(words):
                raise WrongCommand(f"После {name} нужно значение")
            value = words[place + 1]
            del words[place : place + 2]
            return value
        if word.startswith(f"{name}="):
            del words[place]
            return word.removeprefix(f"{name}=")
    return ""


def app_parser() -> Parser:
    parser = Parser("app", description="Программа с окном в браузере на этом компьютере.", epilog="--data ПАПКА: где лежат данные")
    parser.add_argument("--port", type=number, help="порт; без него — первый свободный")
    parser.add_argument("--no-browser", action="store_true", help="не открывать браузер")
    parser.add_argument("--title", default="", help="название в заголовке окна, например «Ноутбук А»")
    return parser


def demo_parser() -> Parser:
    parser = Parser(
        "demo", description="Сервер, два ноутбука и отчёты с примером данных.", epilog="--data ПАПКА: где их держать, иначе ./demo-data"
    )
    parser.add_argument("--no-browser", action="store_true", help="не открывать браузер")
    return parser


def desk_parser() -> Parser:
    """All verbs of `desk`; each puts its name in `verb`."""
    parser = Parser("desk", description="Команды без окна.", epilog="--data ПАПКА: где лежат данные; --json: ответ для программ")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="КОМАНДА")

    def verb(name: str, help_: str, *positional: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=help_, description=help_)
        for word in positional:
            added.add_argument(word, metavar=_CALLED[word])
        return added

    verb("init", "создать пустые данные").add_argument(
        "--seed", action="store_true", help="и справочники: единицы, ставки, статусы …; в готовые данные — чего в них нет"
    )
    enrol = verb("enrol", "подключить к серверу по одноразовому коду", "url", "code")
    enrol.add_argument("--name", default="", help="как называть этот ноутбук на сервере, иначе — именем компьютера")
    verb("sync", "обменяться изменениями с сервером")
    verb("status", "что здесь лежит и что не отправлено")
    verb("set", "изменить запись", "entity", "row").add_argument("fields", nargs="+", metavar="поле=значение")
    verb("new", "создать запись, ответ — её id", "entity").add_argument("fields", nargs="*", metavar="поле=значение")
    verb("delete", "удалить запись в корзину", "entity", "row")
    back = verb("restore", "вернуть запись из корзины; с одним словом — все данные из файла резервной копии", "entity")
    back.add_argument("row", nargs="?", default="", metavar=_CALLED["row"])
    verb("backup", "сделать резервную копию данных и файлов")
    files = verb("files", "какие приложенные файлы ещё не загружены сюда и какие загружаются сами")
    files.add_argument("--largest", help="сами загружаются файлы до стольких МБ; all — все, 0 — никакие")
    files.add_argument("--fetch", default="", help="загрузить сейчас: имя или отпечаток файла, all — все")
    verb("clean", "удалить файлы, на которые ничто не ссылается")
    span = verb("compact", "забыть старые значения, которые давно заменены")
    span.add_argument("--days", type=number, default=365, help="сколько дней истории оставить, обычно 365")
    show = verb("show", "показать запись или список", "entity")
    show.add_argument("row", nargs="?", default="", metavar=_CALLED["row"])
    show.add_argument("--limit", type=count, default=100, help="сколько строк списка, 0 — все")
    show.add_argument("--deleted", action="store_true", help="и удалённые")
    paper = verb("document", "сделать документ заказа: счёт, предложение, акт или по своему шаблону", "order")
    paper.add_argument("--as", dest="kind", default="invoice", choices=tuple(DOCUMENT_TYPES), help="вид, обычно invoice — счёт на оплату")
    paper.add_argument("--template", default="", help="свой шаблон вместо стандартного")
    paper.add_argument("--number", default="", help="номер вместо следующего по порядку")
    paper.add_argument("--issue", action="store_true", help="выставить: взять номер и сохранить PDF")
    paper.add_argument("--out", type=Path, help="файл, в который записать PDF")
    verb("conflicts", "расхождения")
    refused = verb("refused", "что сервер не принял и почему").add_mutually_exclusive_group()
    refused.add_argument("--send", default="", help="записать снова: номер из списка или all")
    refused.add_argument("--drop", default="", help="больше не показывать: номер из списка или all")
    verb("history", "история записи", "entity", "row")
    verb("undo", "отменить последнее действие")
    verb("redo", "вернуть отменённое")
    verb("sql", "запрос SELECT, только чтение", "query")
    verb("verify", "проверить, что данные целы")
    verb("heal", "починить повреждённые данные: взять повреждённое с сервера заново, таблицы нарисовать из журнала")
    verb("export", "выгрузить список в csv или xlsx", "entity").add_argument("file", type=Path, metavar=_CALLED["file"])
    _add_import(verb("import", "загрузить таблицу csv, xlsx, xls или ods"))
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_CALLED["file"])
    parser.add_argument("--as", dest="kind", required=True, choices=("order-lines", "clients", "products"), help="что в таблице")
    parser.add_argument(
        "--columns",
        default="",
        help="соответствие столбцов: number=OrderID,date=OrderDate,custom:Цвет=Color,…; custom: — дополнительный параметр",
    )
    parser.add_argument("--encoding", default="", help="кодировка: utf-8, cp1251, cp866")
    parser.add_argument("--sheet", default="", help="лист книги; без него — первый")
    parser.add_argument("--delimiter", default="", help="разделитель, tab — табуляция")
    parser.add_argument("--date-format", default="", help="вид дат: ДД.ММ.ГГГГ")
    modes = "{" + ",".join(VAT_MODES) + "}"
    about = "режим НДС новых заказов; без него — как у нового заказа"
    parser.add_argument("--vat-mode", default="", choices=("", *VAT_MODES), metavar=modes, help=about)
    parser.add_argument("--go-on", action="store_true", help="записать верные строки, пропустив ошибочные")
    parser.add_argument("--dry-run", action="store_true", help="только проверить")
    parser.add_argument("--progress", action="store_true", help="показывать ход работы и не в терминале")


def pairs_of(words: Sequence[str]) -> dict[str, str]:
    """«field=value …» to {field: text}."""
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise WrongCommand(f"«{word}»: нужно поле=значение")
        pairs[name.strip()] = value
    return pairs
