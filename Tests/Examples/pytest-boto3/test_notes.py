"""The app's tests: what its role allows, what it does not, and what happens when a hop fails."""

import subprocess
import sys

import notes
import pytest


def test_the_role_is_the_pods():
    assert ":assumed-role/s3-reader-role/eks-local-" in notes.whoami()


def test_notes_are_listed_and_read():
    assert notes.names() == ["hello.txt", "reports/orders.csv"]
    assert notes.read("hello.txt") == "Hello from your bucket.\n"


def test_a_note_that_is_not_there():
    assert notes.read("nothing.txt") is None


def test_the_role_may_not_write():
    with pytest.raises(notes.NotAllowed):
        notes.write("hello.txt", "overwritten")
    podid("events", "--operation", "PutObject", "--outcome", "AccessDenied", "--count", "1..")
    assert notes.read("hello.txt") == "Hello from your bucket.\n"


def test_a_throttled_agent_is_not_noticed():
    podid("fault", "add", "error", "ThrottlingException", "--count", "1", "--id", "throttle")
    # A process of its own: this one has its credentials already.
    program = "import notes; print(notes.read('hello.txt'))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Hello" in done.stdout
    podid("events", "--outcome", "ThrottlingException", "--count", "1..")


def podid(*words):
    """A command about the stack around these tests; they fail where it does."""
    subprocess.run(["podid", *words], check=True, capture_output=True)
