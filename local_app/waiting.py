"""What the browser shows while a large store is drawn again and the program cannot open yet: how far it is."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from local_app.single import HOST
from shared import progress
from shared.progress import Progress, shown_when_large

NEWS = "/waiting"
PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Заказник</title>
<style>:root {color-scheme: light dark}
body {margin: 20vh auto; max-width: 640px; padding: 0 20px; font: 16px/24px system-ui, sans-serif}</style></head>
<body><h1>Данные готовятся к этой версии программы</h1>
<p id="said" role="status"></p>
<p>Так бывает один раз после обновления. Если прервать, ничего не потеряется: начнётся сначала.</p>
<script>
const tell = async () => {
  try {
    const answer = await fetch("%s");
    if (!answer.ok) throw answer.status;
    said.textContent = await answer.text();
    setTimeout(tell, 500);
  } catch { said.textContent = "Готово. Программа открывается в новой вкладке, эту можно закрыть."; }
};
tell();
</script></body></html>
"""


class Waiting(ThreadingHTTPServer):
    """On the port where the program will be. It tells numbers only, so anybody on this computer may ask."""

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), Answers)
        self.words = ""


class Answers(BaseHTTPRequestHandler):
    server: Waiting

    def do_GET(self) -> None:
        news = self.path == NEWS
        body = (self.server.words if news else PAGE % NEWS).encode()
        self.send_response(200)
        self.send_header("Content-Type", f"text/{'plain' if news else 'html'}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def waiting(port: int, *, show: bool) -> Iterator[Progress]:
    """A progress that is told on the terminal and, from the first word about a large store on, in the browser; until the block ends."""
    terminal, servers = shown_when_large(), list[Waiting]()

    def tell(words: str, done: int, total: int) -> None:
        terminal(words, done, total)
        if total < progress.LARGE:
            return
        if not servers:
            servers.append(opened(port, show=show))
        servers[0].words = f"{words}: {done} из {total} ({done * 100 // total} %)"

    try:
        yield tell
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def opened(port: int, *, show: bool) -> Waiting:
    server = Waiting(port)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    if show:
        webbrowser.open(f"http://{HOST}:{port}/")
    return server
