"""A stack for clients that nobody here wrote, and what is needed to call it.

PODID_BIN names the folder of the built executables. No test reads the user's own AWS or
Kubernetes configuration, and none leaves loopback.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "docker_compose"))
from docker_fixtures import engine, project  # noqa: E402, F401
from skips import pytest_collectreport, pytest_runtest_logreport  # noqa: E402, F401

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("PODID_BIN", REPOSITORY / ".build" / "debug"))
PODID = str(BIN / "podid")
# Where compose/test puts awscrt: for these tests and whom they tell of it, not for every program in Python.
AWSCRT = str(Path(sys.prefix) / "awscrt")
sys.path.append(AWSCRT)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    # The tests run under nohup, which is not for the programs that they start: a handler is not
    # inherited.
    signal.signal(signal.SIGHUP, lambda *_: None)
NEWEST_FIRST = ["1.36", "1.33", "1.32", "1.31", "1.30", "1.29", "1.28", "1.27"]


def clean_environment(home):
    """The caller's environment without anything that names real clouds or clusters."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PODID_", "KUBE")) and not name.lower().endswith("_proxy")
    }
    kept.update(
        HOME=str(home),
        # Where podid's register of stacks is: never the developer's own.
        XDG_STATE_HOME=str(Path(home) / "xdg-state"),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE="/dev/null",
        AWS_SHARED_CREDENTIALS_FILE="/dev/null",
    )
    return kept


class Stack:
    """A running stack: its stack file, and commands run against it."""

    def __init__(self, path, home):
        self.path = str(path)
        self.home = home
        self.info = json.loads(Path(path).read_text())

    def __getitem__(self, name):
        return self.info[name]

    @property
    def environment(self):
        return {**clean_environment(self.home), "PODID_STACK": self.path}

    def podid(self, *words, check=True, **options):
        return command([PODID, *words], self.environment, check, **options)

    def run_as(self, account, *words, check=True, **options):
        """Runs a command as if in a pod of that ServiceAccount."""
        return self.podid(
            "run", "--service-account", account, "--", *words, check=check, **options
        )

    def aws(self, *words, check=True, service="aws"):
        """The AWS CLI as the account's root."""
        environment = {
            **self.environment,
            "AWS_ACCESS_KEY_ID": self["aws"]["accessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self["aws"]["secretAccessKey"],
            "AWS_DEFAULT_REGION": self["region"],
            "AWS_ENDPOINT_URL": self["aws"]["url"],
            "AWS_ENDPOINT_URL_S3": self["s3"]["url"],
        }
        return command(["aws", *words], environment, check)

    def kubectl(self, version, *words, check=True, **options):
        arguments = [kubectl_path(version), "--kubeconfig", self["kubernetes"]["kubeconfig"]]
        return command([*arguments, *words], self.environment, check, **options)

    def api(self, method, path, body=None, kind="application/json"):
        """A request of the Kubernetes API as its administrator, for tests that need no kubectl."""
        import requests

        config = json.loads(Path(self["kubernetes"]["kubeconfig"]).read_text())
        answer = requests.request(
            method, self["kubernetes"]["url"] + path, json=body, timeout=60,
            verify=self["kubernetes"]["ca"], headers={
                "Authorization": "Bearer " + config["users"][0]["user"]["token"],
                "Content-Type": kind})
        assert answer.ok, answer.text
        return answer.json()

    def client(self, service):
        """A boto3 client with the root keys."""
        import boto3
        from botocore.config import Config

        url = self["s3"]["url"] if service == "s3" else self["aws"]["url"]
        return boto3.client(
            service,
            # Left to itself, botocore presigns for S3 with version 2 of the signature.
            config=Config(signature_version="s3v4") if service == "s3" else None,
            region_name=self["region"],
            endpoint_url=url,
            aws_access_key_id=self["aws"]["accessKeyId"],
            aws_secret_access_key=self["aws"]["secretAccessKey"],
        )

    def admin(self, port, path, method="GET", token=True, **options):
        import requests

        headers = {}
        if token:
            headers["Authorization"] = "Bearer " + self["adminToken"]
        return requests.request(
            method, self[port]["admin"] + path, headers=headers, timeout=60, **options
        )

    def events(self, port="aws"):
        lines = self.admin(port, "/events").text.splitlines()
        return [json.loads(line) for line in lines]


def command(words, environment, check, timeout=300, **options):
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=timeout, **options
    )
    if check and done.returncode != 0:
        raise AssertionError(
            f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done


def until(what, seconds=120):
    """Polls for what another process does and tells nobody."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it does not happen")


def freeze(pid):
    """Stops a process with SIGSTOP, and waits until none of its threads runs: a signal is taken by the
    first that gets its turn, and others go on until then."""
    os.kill(pid, signal.SIGSTOP)

    def stands():
        try:
            stats = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        except OSError:
            return False  # a thread has ended meanwhile
        return all(stat.rpartition(")")[2].split()[0] == "T" for stat in stats)

    until(stands)


def kubectl_path(version):
    """The genuine kubectl of a minor version; skips by name where the machine has none."""
    for folder in os.environ["PATH"].split(":"):
        entry = Path(folder) / "kubectl"
        if entry.exists():
            sibling = entry.resolve().parent / f"kubectl.{version}"
            if sibling.exists():
                return str(sibling)
    pytest.skip(f"no kubectl {version} on this machine")


def start_stack(folder, *flags, variables={}):
    path = folder / "stack.json"
    log = open(folder / "up.log", "w")
    process = subprocess.Popen(
        [PODID, "up", "--ephemeral", "--free-ports", "--stack-file", str(path), *flags],
        env={**clean_environment(folder), **variables},
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        cwd=folder,
    )
    lines = []
    for line in process.stdout:  # ends with the process; the stack file is there once it says so
        lines.append(line)
        if path.exists():
            break
    if not path.exists():
        process.wait(120)
        raise AssertionError("podid up did not come up: " + "".join(lines) + open(log.name).read())
    return process, Stack(path, folder)


def stop_stack(process):
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(120) == 0


@pytest.fixture(scope="session")
def go_variables(tmp_path_factory):
    """Where Go finds what it compiled before, for whichever test and process of pytest that was."""
    cache = str(tmp_path_factory.getbasetemp().parent / "go-cache")
    return {"GOCACHE": cache, "GOPATH": cache + "-path"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """One ephemeral stack with the default seed for all tests that leave it as it was."""
    process, stack = start_stack(tmp_path_factory.mktemp("stack"))
    yield stack
    stop_stack(process)


@pytest.fixture
def own_stack(tmp_path):
    """A stack for a test that changes it."""
    process, stack = start_stack(tmp_path)
    yield stack
    if process.poll() is None:
        stop_stack(process)
