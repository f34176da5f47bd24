"""SIGINT and SIGTERM end podid within a second at any time: while a seed is read, while servers
start, while a server that was called does not answer."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from conftest import PODID, clean_environment, freeze, until
from pace import Pace

# A second, and what the end of a process takes.
LIMIT = 1.6
ACCOUNT = ["--service-account", "default/s3-reader-sa"]


@pytest.fixture
def hanging(tmp_path, stack):
    """The stack file of a stack whose servers take connections, and then say nothing."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    accepted = []

    def accept():
        while True:
            try:
                accepted.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    info = json.loads(Path(stack.path).read_text())
    config = json.loads(Path(info["kubernetes"]["kubeconfig"]).read_text())
    for cluster in config["clusters"]:
        cluster["cluster"]["server"] = f"https://{address}"
    kubeconfig = tmp_path / "state" / "kubeconfig"
    kubeconfig.parent.mkdir(mode=0o700)
    kubeconfig.write_text(json.dumps(config))
    kubeconfig.chmod(0o600)
    (kubeconfig.parent / "ca.crt").write_bytes(Path(info["kubernetes"]["ca"]).read_bytes())
    info["kubernetes"]["ca"] = str(kubeconfig.parent / "ca.crt")
    info["state"] = str(kubeconfig.parent)
    info["agent"]["pods"] = str(kubeconfig.parent / "pods")
    info["kubernetes"].update(
        url=f"https://{address}", admin=f"http://{address}", kubeconfig=str(kubeconfig))
    info["aws"].update(url=f"http://{address}", admin=f"http://{address}")
    info["s3"]["url"] = f"http://{address}"
    info["agent"].update(url=f"http://{address}/v1/credentials", admin=f"http://{address}")
    path = tmp_path / "hanging.json"
    path.write_text(json.dumps(info))
    path.chmod(0o600)
    yield path, accepted
    listener.close()
    for connection in accepted:
        connection.close()


def start(folder, *words, **more):
    return subprocess.Popen(
        [PODID, *words], cwd=folder, env={**clean_environment(folder), **more}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end(process, number=signal.SIGINT):
    """Sends the signal; its exit code, and how long it took on a machine of its own."""
    with Pace() as pace:
        process.send_signal(number)
        try:
            process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, pace.seconds


@pytest.mark.parametrize("words", [
    ["status"], ["status", "--json"], ["reset"], ["down"], ["env"] + ACCOUNT,
    ["env", "--delete"] + ACCOUNT, ["explain"] + ACCOUNT, ["run", *ACCOUNT, "--", "true"],
    ["run", *ACCOUNT, "--pod", "p", "--", "true"],
    ["can", *ACCOUNT, "s3:GetObject", "arn:aws:s3:::b/k"], ["events"], ["events", "--follow"],
    ["events", "--count", "1"], ["wait", "association"] + ACCOUNT, ["wait", "pod", "p"],
    ["wait", "refresh"], ["wait", "event"], ["clock", "show"], ["clock", "advance", "1h"],
    ["fault", "list"], ["fault", "add", "delay"], ["fault", "clear"], ["seed", "empty"],
    ["pod", *ACCOUNT, "--into", "files"], ["console"],
], ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_a_server_that_says_nothing(hanging, tmp_path, words, number):
    path, accepted = hanging
    (tmp_path / "empty").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "empty" / "faults.yaml").write_text("- {action: delay, duration: 1s}\n")
    process = start(tmp_path, *words, PODID_STACK=str(path))
    if words[0] == "console":
        process.stdout.readline()
    until(lambda: accepted or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    code, seconds = end(process, number)
    assert seconds < LIMIT
    assert code in (128 + number, -number, 0)


def slow_seed(folder):
    """A seed that takes long to read, whatever the machine."""
    (folder / "seed" / "kubernetes").mkdir(parents=True)
    for index in range(40):
        (folder / "seed" / "kubernetes" / f"{index}.yaml").write_text("---\n" * 1_000_000)
    return str(folder / "seed")


def marked(folder):
    """The processes that have this folder in their environment or words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in text and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


@pytest.mark.parametrize("words", [
    ["up", "--ephemeral", "--free-ports", "--seed"], ["test", "--seed"], ["seed"],
], ids=lambda words: words[0])
def test_a_seed_that_is_read(stack, tmp_path, words):
    seed = slow_seed(tmp_path)
    command = ["--", "true"] if words[0] == "test" else []
    process = start(tmp_path, *words, seed, *command, PODID_STACK=stack.path)
    # It reads its first files.
    until(lambda: process.poll() is not None or any(
        "seed/kubernetes" in os.readlink(link) for link in Path(f"/proc/{process.pid}/fd").iterdir()
        if os.path.islink(link)) or cpu(process.pid) > 0.3)
    assert process.poll() is None, process.communicate()
    code, seconds = end(process)
    assert seconds < LIMIT and code in (130, -2)
    until(lambda: not marked(tmp_path))


def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("pause", [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
@pytest.mark.parametrize("words", [
    ["up", "--ephemeral", "--free-ports"], ["up", "--free-ports", "--state", "state"],
    ["up", "--detach", "--ephemeral", "--free-ports", "--stack-file", "stack.json"],
    ["test", "--", "sleep", "1000"], ["demo", "--step"],
    ["doctor", "--", "sleep", "1000"],
], ids=lambda words: " ".join(words[:3]))
def test_any_moment_of_a_start(tmp_path, words, pause):
    """Not every machine is at the same point then; that is what the pauses are for."""
    process = start(tmp_path, *words)
    time.sleep(pause)
    code = process.poll()
    if code is None:
        code, seconds = end(process, signal.SIGTERM)
        assert seconds < LIMIT
        assert code in (143, -15, 0)
    else:
        process.communicate()
    if "--detach" in words and code == 0:
        # It was up already.
        subprocess.run([PODID, "down", "--stack", "stack.json"], cwd=tmp_path, check=True,
                       env=clean_environment(tmp_path), capture_output=True, timeout=60)
    # Its servers and the command end with it, by its guard where it was in a hurry.
    until(lambda: not marked(tmp_path))


def test_children_that_do_not_stop_are_ended(tmp_path):
    """A halted server cannot stop in its own way; podid ends all the same, and so does it."""
    process = start(tmp_path, "up", "--state", "state", "--free-ports")
    lines = iter(process.stdout.readline, "")
    assert any("podid is ready" in line for line in lines)
    info = json.loads((tmp_path / ".podid" / "stack.json").read_text())
    pids = [info[name]["pid"] for name in ("kubernetes", "aws", "agent")]
    for pid in pids:
        freeze(pid)
    code, seconds = end(process)
    assert (code, seconds < LIMIT) == (0, True)
    # Killed; whoever takes them over takes note of it a moment later.
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    assert not (tmp_path / ".podid" / "stack.json").exists()


def test_a_signal_while_a_pod_is_made_leaves_none(own_stack, tmp_path):
    # Its node is halted, so the pod does not become Ready.
    freeze(own_stack["agent"]["pid"])
    try:
        process = start(tmp_path, "run", *ACCOUNT, "--", "true", PODID_STACK=own_stack.path)
        pods = "/api/v1/namespaces/default/pods"

        def made():
            return [pod for pod in own_stack.api("GET", pods)["items"]
                    if pod["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by")]

        until(made)
        code, seconds = end(process)
        assert (code, seconds < LIMIT) == (130, True)
        assert not made()
    finally:
        os.kill(own_stack["agent"]["pid"], signal.SIGCONT)
