"""The list of commands, drawn from the parsers themselves: a snapshot of every `--help`, the same on every version of Python."""

import argparse
from collections.abc import Iterator

from local_app.commands.parsing import app_parser, demo_parser, desk_parser
from sync_server.cli import make_parser


def commands() -> str:
    """One heading per command, one line per argument, in the order of `--help`."""
    parsers = [("demo", demo_parser()), ("app", app_parser()), ("desk", desk_parser()), *subparsers(make_parser())]
    return "\n\n".join(part for name, parser in parsers for part in described("##", f"python3 run.py {name}", parser)) + "\n"


def described(heading: str, path: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    """Its heading, what it does, its arguments, then the same of the commands below it."""
    yield f"{heading} {path}"
    words = " ".join(filter(None, [parser.description, parser.epilog]))
    yield words[:1].upper() + words[1:]
    if own := arguments(parser):
        yield "\n".join(map(line_of, own))
    for name, below in subparsers(parser):
        yield from described(f"{heading}#", f"{path} {name}", below)


def subparsers(parser: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    groups = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return [pair for group in groups for pair in group.items()]


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    hidden = (argparse._HelpAction, argparse._SubParsersAction)
    return [action for action in parser._actions if not isinstance(action, hidden) and action.help != argparse.SUPPRESS]


def line_of(action: argparse.Action) -> str:
    """`--port ПОРТ`: what it is for; required ones and choices are named."""
    names = ", ".join(action.option_strings) or metavar_of(action)
    value = f" {metavar_of(action)}" if action.option_strings and action.nargs != 0 else ""
    notes = ["обязательно"] if action.option_strings and action.required else []
    notes += [f"одно из: {', '.join(str(choice) for choice in action.choices if choice)}"] if action.choices else []
    return f"- `{names}{value}`" + (f": {action.help}" if action.help else "") + (f" ({'; '.join(notes)})" if notes else "")


def metavar_of(action: argparse.Action) -> str:
    return action.metavar if isinstance(action.metavar, str) else action.dest.upper() if action.option_strings else action.dest
