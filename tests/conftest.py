"""What every test stands on: repeatable generated examples, and no folder of the user's own in reach."""

import gc
import os
import signal
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from local_app.documents.printer import Printer

settings.register_profile("house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell starts what it puts in the background deaf to Ctrl+C, and so would be every program that the tests start and end by it."""

with warnings.catch_warnings():  # Datasette leaves a database in memory to the collector; Python 3.13 warns of that whenever it comes
    warnings.simplefilter("ignore", ResourceWarning)
    import datasette.filters  # noqa: F401  # only to have it over

    gc.collect()


@pytest.fixture(scope="session", autouse=True)
def _nothing_lands_in_the_users_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The app asks the platform for its data folder; a test that forgets to give one must not find the user's orders."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "APPDATA", "USERPROFILE"):
        os.environ[name] = str(home)
    os.environ["NICEGUI_STORAGE_PATH"] = str(home / "nicegui")


@pytest.fixture(scope="module")
def printer() -> Iterator[Printer]:
    """The program's own, with its child process: papers are filled and printed there."""
    made = Printer()
    yield made
    made.close()
