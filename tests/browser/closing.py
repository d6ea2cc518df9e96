"""Closing a page of Chromium for certain."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error, Page


def close(page: Page) -> None:
    """Wishes it again until it is so.

    Where a navigation is just being committed Chromium says yes and leaves the page open (crbug.com/536385539);
    `page.close()` alone then waits for ever, for it knows no timeout.
    """
    while not page.is_closed():
        with suppress(Error):  # the page was gone before its going could be waited for, or is still there
            page.close(run_before_unload=True)  # this one waits for nothing
            page.wait_for_event("close", timeout=1_000)
