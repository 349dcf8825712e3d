"""What tests measure is shown at the end, from all workers of pytest-xdist."""

from typing import Any


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
