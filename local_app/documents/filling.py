"""Filling a template: tags become texts. A template may come from anybody, so it is run in a sandbox and sees texts only.

Runs in the child process (`worker`), which has no more of the program than this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from traceback import walk_tb
from typing import Any, NamedTuple

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 8_000_000
"""Characters of a filled template: two thousand lines take one."""
QUOTED = 60
"""Characters of a line of the template that a complaint repeats."""


class Wrong(Exception):
    """The template cannot be filled. The message is Russian and says where."""


class Filled(NamedTuple):
    html: str
    unknown: list[str]  # what the template asks for and nothing is known of: «строка 12: client.inm»


def fill(template: str, facts: Mapping[str, Any]) -> Filled:
    """The text with its tags filled in. Raises Wrong."""
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=ChainableUndefined, finalize=printed)
    try:
        tree = sandbox.parse(template)
        return Filled(bounded(sandbox.from_string(template).generate(facts)), list(unknown(tree, facts)))
    except TemplateSyntaxError as error:
        if str(error.message).startswith("Unexpected end of template"):
            raise Wrong("Шаблон, последняя строка: не закрыт {% for %} или {% if %}. Допишите {% endfor %} или {% endif %}") from error
        raise Wrong(f"Шаблон, строка {error.lineno}: тег записан неверно{line_of(template, error.lineno)}") from error
    except TemplateError as error:
        raise Wrong(f"Шаблон{place_of(template, error)}: просит недозволенное. Уберите это") from error
    except MemoryError as error:
        raise Wrong("Шаблону не хватило памяти: проверьте повторения в нём") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Wrong(f"Шаблон{place_of(template, error)}: не заполняется. Проверьте теги в этом месте") from error


def place_of(template: str, error: Exception) -> str:
    """«, строка 2, «{{ 1 / 0 }}»»: the last place in the template that the fault came through; its own words are English."""
    frames = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
    return f", строка {frames[-1]}{line_of(template, frames[-1])}" if frames else ""


def line_of(template: str, number: int) -> str:
    """The beginning of a line, in quotes; '' of an empty one."""
    lines = template.splitlines()
    text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return f", «{text[:QUOTED].rstrip()}{'…' if len(text) > QUOTED else ''}»" if text else ""


def bounded(pieces: Iterator[str]) -> str:
    made, left = [], LONGEST
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise Wrong("Документ получается слишком длинным: проверьте повторения в шаблоне")
        made.append(piece)
    return "".join(made)


def unknown(tree: nodes.Template, facts: Mapping[str, Any]) -> Iterator[str]:
    """Tags that lead nowhere, each once, in the order of the lines."""
    known: dict[str, Any] = {**facts, "loop": ANYTHING, "range": ANYTHING, "namespace": ANYTHING, "dict": ANYTHING}
    for each in tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.CallBlock)):
        known |= {target.name: ANYTHING for target in each.find_all(nodes.Name) if target.ctx in ("store", "param")}
        if isinstance(each, nodes.Macro):
            known[each.name] = ANYTHING
    for loop in tree.find_all(nodes.For):
        found = resolved(loop.iter, known)
        names = [loop.target] if isinstance(loop.target, nodes.Name) else loop.target.find_all(nodes.Name)
        whole = isinstance(loop.target, nodes.Name) and isinstance(found, list) and found
        known |= {name.name: found[0] if whole else ANYTHING for name in names}
    said = [(node.lineno, spelled(node)) for node in tags(tree) if resolved(node, known) is MISSING]
    shown = [node for output in tree.find_all(nodes.Output) for node in output.nodes]
    said += [(node.lineno, several(spelled(node), found)) for node in shown if isinstance(found := resolved(node, known), dict | list)]
    yield from dict.fromkeys(f"строка {line}: {words}" for line, words in sorted(said, key=itemgetter(0)))


def several(tag: str, found: dict[str, Any] | list[Any]) -> str:
    """A tag that stands for many values at once, and how one of them is written."""
    if isinstance(found, list):
        return f"{tag}, в нём список — повторите его: {{% for … in {tag} %}} … {{% endfor %}}"
    keys = [f".{key}" if key.isidentifier() and key.isascii() else f"[{json.dumps(key, ensure_ascii=False)}]" for key in found]
    return f"{tag}, в нём несколько значений — назовите нужное{f': {tag}{keys[0]}' if keys else ''}"


def printed(value: object) -> object:
    """What stands for many values prints nothing: it is told instead."""
    return "" if isinstance(value, dict | list) else value


ANYTHING, MISSING = object(), object()
"""What a template makes itself is not looked into; what nothing is known of."""


def tags(node: nodes.Node) -> Iterator[nodes.Expr]:
    """The longest chains of names: `client.name`, not `client` again."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Getattr | nodes.Getitem | nodes.Name) and getattr(child, "ctx", "load") == "load":
            yield child
            if isinstance(child, nodes.Getitem):
                yield from tags(child.arg) if not isinstance(child.arg, nodes.Const) else ()
        else:
            yield from tags(child)


def resolved(node: nodes.Node, known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the facts hold there
    if isinstance(node, nodes.Name):
        return known.get(node.name, MISSING)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        inside = resolved(node.node, known)
        key = node.attr if isinstance(node, nodes.Getattr) else node.arg.value if isinstance(node.arg, nodes.Const) else None
        if inside is MISSING or inside is ANYTHING or key is None:
            return inside if inside is MISSING else ANYTHING
        if isinstance(inside, dict):
            return inside.get(key, ANYTHING if key in dir(dict) else MISSING)
        if isinstance(inside, list):
            return inside[0] if isinstance(key, int) and inside else ANYTHING
        return ANYTHING if hasattr(inside, str(key)) else MISSING
    return ANYTHING


def spelled(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{spelled(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{spelled(node.node)}[{json.dumps(node.arg.value, ensure_ascii=False)}]"
    return "…"
