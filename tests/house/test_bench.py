"""The measurements run: tiny sizes, no timing asserted, so that they do not rot between the days when somebody looks at them."""

import json
from pathlib import Path

import pytest

from tests.bench import workload
from tests.bench.command import BENCHES, main
from tests.bench.measure import Limit, Line, percentile

SIZES = ["--orders=40", "--changes=600", "--laptops=3", "--rounds=1", "--repeats=2", "--minute=0.2", "--json"]
KEYS = {
    "write": {"raw_rows_s", "raw_rowlog_s", "write_s"},
    "sync": {"raw_rows_s", "raw_rowlog_s", "push_s", "pull_log_s", "periodic_s", "idle_ms", "idle_bytes", "push_bytes"},
}
"""What others look for in a line."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_prints_one_line_with_its_figures_and_limits(name: str, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, *SIZES, f"--cache={cache}"]) in (0, 1)
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert line["bench"] == name
    assert line["orders"] > 0
    assert line.get("errors", 0) == 0
    assert {each["figure"] for each in line["checks"]} <= set(line)
    assert KEYS.get(name, set()) <= set(line)
    assert line["holds"] is all(each["holds"] for each in line["checks"])


def test_a_limit_in_yardsticks_holds_up_to_that_many_of_them() -> None:
    limits = [Limit("work_s", 2.0, "raw_s")]
    assert Line("x", {}, {"work_s": 1.0, "raw_s": 0.5}, limits).as_json()["holds"] is True
    assert Line("x", {}, {"work_s": 1.1, "raw_s": 0.5}, limits).as_json()["holds"] is False


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile(range(1000), 0.99) == 990
    assert percentile([7.0], 0.99) == 7.0


def test_the_workload_of_the_sync_is_the_same_in_every_run_and_has_its_620_000_values() -> None:
    known = workload.company(100)
    acts = list(workload.orders(known, 100))
    assert acts == list(workload.orders(workload.company(100), 100))
    assert (sum(map(len, acts)), workload.values_in(acts)) == (600, 6200)
    assert len({edit.row for act in acts for edit in act}) == 600
