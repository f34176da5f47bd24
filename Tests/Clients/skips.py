"""Notes every skipped test for the last line of compose/test.

PODID_SKIPS names a file; a line of it is a test, a tab, and why it was skipped. Each process of
pytest-xdist notes what it is told, so lines are there more than once.

    python3 Tests/Clients/skips.py FILE

prints them as one line: how many, and each reason with the tests that it was given for.
"""

import os
import sys
from pathlib import Path


def note(report):
    place = os.environ.get("PODID_SKIPS")
    # What is expected to fail is no skip.
    if not place or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = " ".join(reason.removeprefix("Skipped: ").split())
    # One write of so few bytes is never cut by another process's.
    with open(place, "a") as file:
        file.write(f"{report.nodeid.removeprefix('Tests/Clients/')}\t{reason}\n")


def pytest_runtest_logreport(report):
    note(report)


def pytest_collectreport(report):
    note(report)


def summary(lines):
    """One line for all that was skipped."""
    reasons = {}
    for line in sorted(set(lines)):
        test, reason = line.split("\t", 1)
        reasons.setdefault(reason, []).append(test)
    count = sum(map(len, reasons.values()))
    told = "; ".join(f"{', '.join(tests)} ({reason})" for reason, tests in reasons.items())
    return f"{count} skipped" + (f": {told}" if told else "")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    print(summary(path.read_text().splitlines() if path.exists() else []))
