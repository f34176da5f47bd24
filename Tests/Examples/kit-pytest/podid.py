"""Fixtures of pytest for apps that run as pods: copy this file beside your conftest.py.

    pytest_plugins = ["podid"]          # in conftest.py

    def test_the_app(pod, expect):      # this process is a pod of default/s3-reader-sa
        my_app.read_the_report()
        expect("s3-reader-role", "GetObject", "your-bucket-name/report.csv")

`podid` is the stack, `pod` an identity, `clock` and `faults` are undone after each test. Inside
`podid test -- pytest` the stack is that one; else each session starts its own, whose credentials
last a minute. Another command than `podid`, such as compose/podid of a host with Docker alone, is
named by PODID, and another ServiceAccount by the marker `service_account("NAMESPACE/NAME")`.
"""

import json
import os
import shlex
import subprocess
import tempfile
import uuid
from datetime import datetime, timezone

import pytest

ACCOUNT = os.environ.get("PODID_SERVICE_ACCOUNT", "default/s3-reader-sa")
# What would hide a pod's identity, or lead to another's.
HIDING = ("AWS_ACCESS_KEY", "AWS_SECRET", "AWS_SESSION", "AWS_SECURITY", "AWS_PROFILE",
          "AWS_DEFAULT_PROFILE", "AWS_ROLE", "AWS_WEB_IDENTITY", "AWS_CONTAINER", "AWS_ENDPOINT")


class Stack:
    """A running stack."""

    def __init__(self, environment):
        self.environment = environment

    def run(self, *words):
        """What a command of podid prints; a test fails where it does."""
        done = subprocess.run(
            [*shlex.split(os.environ.get("PODID", "podid")), *words], env=self.environment,
            capture_output=True, text=True)
        if done.returncode != 0:
            pytest.fail(f"podid {shlex.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def events(self, *filters):
        """What happened, the oldest first, with the filters of `podid events`."""
        return [json.loads(line) for line in self.run("events", "--json", *filters).splitlines()]


class Pod:
    """A pod: its environment, which is this process's as well."""

    def __init__(self, account, name, environment):
        self.account, self.name, self.environment = account, name, environment

    def run(self, *words, **options):
        """Runs a program in the pod."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(HIDING)}
        return subprocess.run(
            words, env={**environment, **self.environment}, capture_output=True, text=True,
            **options)


class Clock:
    """The stack's clock: what tokens and credentials expire by."""

    def __init__(self, stack):
        self.stack, self.is_moved = stack, False

    def advance(self, duration="1m"):
        """Moves it on. An SDK renews by its own clock, in time where each step is short beside what
        credentials last: a minute here."""
        self.is_moved = True
        self.stack.run("clock", "advance", duration)

    def reset(self):
        if self.is_moved:
            self.stack.run("clock", "reset")


class Faults:
    """What is set to fail."""

    def __init__(self, stack):
        self.stack, self.names = stack, []

    def add(self, *words, **flags):
        """As `podid fault add`: add("error", "ThrottlingException", count=1)."""
        name = "kit-" + uuid.uuid4().hex[:8]
        flags = [word for flag, value in flags.items()
                 for word in ("--" + flag.replace("_", "-"), str(value))]
        self.stack.run("fault", "add", *words, *flags, "--id", name)
        self.names.append(name)

    def clear(self):
        for name in self.names:
            self.stack.run("fault", "clear", name)
        self.names = []


def pytest_configure(config):
    config.addinivalue_line("markers", "service_account(name): whose pod the test is")


@pytest.fixture(scope="session")
def podid():
    """The stack around the tests, or one of their own."""
    if os.environ.get("PODID_STACK") or os.environ.get("PODID_CONTAINER"):
        yield Stack(dict(os.environ))
        return
    with tempfile.TemporaryDirectory(prefix="podid-kit-") as folder:
        stack = Stack({**os.environ, "PODID_STACK": os.path.join(folder, "stack.json")})
        stack.run("up", "--ephemeral", "--free-ports", "--detach", "--credential-lifetime", "60s",
                  "--stack-file", stack.environment["PODID_STACK"])
        try:
            yield stack
        finally:
            stack.run("down")


@pytest.fixture
def pod(request, podid, monkeypatch):
    """Makes this process a pod of its own, and boto3 forget whom it was before."""
    marker = request.node.get_closest_marker("service_account")
    account = marker.args[0] if marker else ACCOUNT
    words = ["env", "--service-account", account, "--pod", "kit-" + uuid.uuid4().hex[:12]]
    environment = json.loads(podid.run(*words, "--format", "json"))
    for name in [name for name in os.environ if name.startswith(HIDING)]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget_sessions()
    yield Pod(account, words[-1], environment)
    forget_sessions()
    podid.run(*words, "--delete")


def forget_sessions():
    try:
        import boto3
    except ImportError:
        return
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def clock(podid):
    clock = Clock(podid)
    yield clock
    clock.reset()


@pytest.fixture
def faults(podid):
    faults = Faults(podid)
    yield faults
    faults.clear()


@pytest.fixture
def expect(podid, pod):
    """Asserts what was called since the test began, and as whom; returns the events."""
    start = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def expect(role, operation, resource=None, outcome="ok"):
        """A role's name, an operation as `podid events` has it, `bucket/key` of S3, an outcome."""
        events = podid.events("--since", start)
        found = [event for event in events if (caller(event), event["operation"]) == (
            role, operation) and event["outcome"] == outcome
            and resource in (None, place(event))]
        lines = [f"{event['operation']} by {caller(event)} on {place(event) or '-'}: "
                 f"{event['outcome']} {event.get('reason', '')}" for event in events]
        assert found, "\n".join([
            f"not seen: {operation} by {role} on {resource}: {outcome}; there were", *lines])
        return found

    return expect


def caller(event):
    """The role of a call's session, else its ARN."""
    arn = event.get("caller", "")
    return arn.split("/")[1] if ":assumed-role/" in arn else arn


def place(event):
    """`bucket/key` of a call of S3."""
    return "/".join(event[name] for name in ("bucket", "key") if name in event)
