"""The manager's browser: logging in to the reports, reading their pages, asking them in SQL."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import requests

from tests.sync_server.conftest import PASSWORD


def browser(url: str, login: str) -> requests.Session:
    """A session in which somebody has tried to log in."""
    session = requests.Session()
    token = re.search(r'csrftoken" value="([^"]+)', session.get(f"{url}/-/login", timeout=20).text)
    assert token
    session.post(f"{url}/-/login", data={"login": login, "password": PASSWORD, "csrftoken": token[1]}, timeout=20, allow_redirects=False)
    return session


def page(session: requests.Session, address: str) -> str:
    answer = session.get(address, timeout=20)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def table(name: str) -> str:
    """The address of a register, as Datasette spells Russian names."""
    return "/data/" + quote(name, safe="").replace("%", "~")


def ask(session: requests.Session, url: str, sql: str) -> requests.Response:
    return session.get(f"{url}/data.json", params={"sql": sql, "_shape": "arrays"}, timeout=20)
