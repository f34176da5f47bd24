"""podid doctor names what a program does wrong, and nothing else."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import PODID, clean_environment, until

PROGRAMS = Path(__file__).resolve().parent / "doctor_programs"
LOCAL = ["link-local-ipv4", "link-local-ipv6"]
LINES = [
    "loopback", *LOCAL, "raw-token", "token-rotation", "refresh", "error-500", "throttle-429",
    "agent-restart", "no-proxy"]
# A program, the lines that it fails, and those that cannot be told.
CASES = {
    "boto3_loop": ([], []),
    "small_sdk": ([], []),
    "host_without_brackets": ([], []),
    "aws": ([], ["token-rotation", "refresh"]),
    "old_cli": ([*LOCAL, "raw-token"], ["token-rotation", "refresh"]),
    "cached_token": (["token-rotation"], []),
    "never_refreshes": (["refresh"], ["token-rotation"]),
    "bearer": (["raw-token"], []),
    "ignores_no_proxy": (["no-proxy"], []),
    "gives_up": (["error-500"], []),
    "line_feed": (["raw-token"], [line for line in LINES if line != "raw-token"]),
    "own_keys": (["loopback"], LINES[1:]),
}
# Those for which a trial ends with its time alone. The others end once there is enough to see,
# so that a busy machine may take its time.
ENDLESS = ["never_refreshes", "bearer"]
# What the advice or the text of a failure says, so that somebody can act on it.
WORDS = {
    "old_cli": ["refuses this address", "--sdk-versions", "no Authorization header"],
    "cached_token": ["old token", "at every request"],
    "never_refreshes": ["had expired", "before Expiration"],
    "bearer": ['"Bearer"', "token file's content and nothing else"],
    "ignores_no_proxy": ["though NO_PROXY names the agent"],
    "gives_up": ["gave up at a 500", "it ended with 1"],
    "line_feed": ["line feed"],
    "own_keys": ["default credential chain"],
}


def has_namespaces():
    unshare = ["unshare", "-n" if os.geteuid() == 0 else "-rn", "true"]
    return subprocess.run(unshare, capture_output=True).returncode == 0


def words_of(program):
    if program == "aws":
        return ["aws", "sts", "get-caller-identity"]
    return [sys.executable, str(PROGRAMS / f"{program}.py")]


def doctor(folder, *words, **variables):
    """Runs it with temporary files of its own, and sees that none is left."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**clean_environment(folder), "TMPDIR": str(temporary), **variables}
    started = time.monotonic()
    done = subprocess.run(
        [PODID, "doctor", *words], env=environment, cwd=folder, capture_output=True, text=True,
        timeout=400)
    done.seconds = time.monotonic() - started
    done.left = list(temporary.iterdir())
    return done


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    """All programs, a few at a time: most of their time is waiting for credentials to end."""

    # Made here: pytest's factory is not made for threads.
    folders = {program: tmp_path_factory.mktemp(program) for program in CASES}

    def examine(program):
        timeout = "40s" if program in ENDLESS else "120s"
        return doctor(folders[program], "--json", "--timeout", timeout, "--", *words_of(program))

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(CASES, pool.map(examine, CASES)))


@pytest.mark.parametrize("program", CASES)
def test_each_program_fails_what_it_should_and_nothing_else(examined, program):
    failing, unknown = CASES[program]
    done = examined[program]
    assert done.stderr == ""
    findings = json.loads(done.stdout)
    assert [finding["probe"] for finding in findings] == LINES
    results = {finding["probe"]: finding["result"] for finding in findings}
    expected = {
        line: "fail" if line in failing else "unknown" if line in unknown else "pass"
        for line in LINES}
    if not has_namespaces():
        expected.update({line: "unknown" for line in LOCAL})
    assert results == expected, done.stdout
    assert done.returncode == (1 if failing else 0)
    failures = [finding for finding in findings if finding["result"] == "fail"]
    assert all(finding["advice"] for finding in failures)
    told = " ".join(f"{finding['text']} {finding['advice']}" for finding in failures)
    for word in WORDS.get(program, []):
        assert word in told, told
    assert done.left == []


def test_no_secret_is_told(examined):
    for done in examined.values():
        assert "eyJ" not in done.stdout and "ASIA" not in done.stdout


def test_trials_end_once_there_is_enough_to_see(examined):
    assert examined["boto3_loop"].seconds < 100  # of the 120 s that each may take


def test_lines_for_people(tmp_path):
    done = doctor(tmp_path, "--serial", "--", *words_of("old_cli"))
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0].startswith("✓ loopback         credentials of http://127.0.0.1:")
    assert "✗ raw-token        it sends no Authorization header" in lines
    assert "– refresh          it ended before its credentials were due" in lines
    assert "  give a program that goes on making calls" in lines


def test_wrong_usage_is_64_and_says_so_in_a_line(tmp_path):
    for words, text in [
        (["--timeout", "soon", "--", "true"], "--timeout must be such as 90s or 2m"),
        (["--timeout", "24s", "--", "true"], "--timeout must be"),
        (["--nosuch"], "unknown flag --nosuch"),
        ([], "needs a command"),
        (["--service-account", "a/b/c", "--", "true"], "a ServiceAccount is named"),
    ]:
        done = doctor(tmp_path, *words)
        assert (done.returncode, done.stdout) == (64, ""), done
        assert text in done.stderr and done.stderr.count("\n") == 1
    missing = doctor(tmp_path, "--", "no-such-program")
    assert missing.returncode == 127 and "there is no such program" in missing.stderr
    for path, reason in [(str(tmp_path), "this is a folder"), ("/etc/passwd", "not executable")]:
        unusable = doctor(tmp_path, "--", path)
        assert unusable.returncode == 126 and reason in unusable.stderr


def test_sdk_versions(tmp_path):
    done = doctor(tmp_path, "--sdk-versions")
    assert done.returncode == 0
    versions = dict(line.rsplit("  ", 1) for line in done.stdout.splitlines())
    assert {name.strip(): version for name, version in versions.items()}[
        "boto3, botocore"] == "1.34.41"
    assert len(versions) == 14


def test_an_account_without_a_role_is_named(tmp_path):
    done = doctor(tmp_path, "--service-account", "default/default", "--", *words_of("small_sdk"))
    assert done.returncode == 1
    assert "default/default has neither an association nor the annotation" in done.stderr
    assert done.left == []


@pytest.mark.parametrize("unshare,reason", [
    ("echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1",
     "unshare failed: Operation not permitted"),
    # One that makes no namespace: the machine's own is left alone.
    ('shift 2; exec "$@"', "this network namespace is in use, so nothing is changed in it"),
], ids=["refused", "ineffective"])
def test_without_a_namespace_the_link_local_lines_are_not_told(tmp_path, unshare, reason):
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "unshare").write_text(f"#!/bin/sh\n{unshare}\n")
    (tools / "unshare").chmod(0o755)
    words = ["--json", "--timeout", "25s", "--", *words_of("old_cli")]
    done = doctor(tmp_path, *words, PATH=f"{tools}:{os.environ['PATH']}")
    findings = {finding["probe"]: finding for finding in json.loads(done.stdout)}
    for line in LOCAL:
        assert findings[line]["result"] == "unknown"
        assert reason in findings[line]["text"]
    assert findings["no-proxy"]["result"] == "pass" and done.left == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(tmp_path, how):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process, pids = sleepers(tmp_path, temporary)
    process.send_signal(how)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, output, errors) == (128 + how, "", "")
    # A busy machine may leave the end to the guard.
    until(lambda: list(temporary.iterdir()) == [])
    for pid in pids:
        wait_for_end(pid)


def test_the_programs_of_a_killed_doctor_end(tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process, pids = sleepers(tmp_path, temporary)
    servers = servers_of(temporary)
    process.kill()
    process.communicate()
    try:
        for pid in pids:
            wait_for_end(pid)
    finally:
        # What a stack leaves of a killed podid is not this test's.
        for server in servers:
            end(server)


def sleepers(folder, temporary):
    """A doctor whose programs all do nothing for long, and their pids."""
    started = folder / "started"
    program = f"import os, time; open(r'{started}', 'a').write('%d ' % os.getpid()); time.sleep(600)"
    process = subprocess.Popen(
        [PODID, "doctor", "--", sys.executable, "-c", program],
        env={**clean_environment(folder), "TMPDIR": str(temporary)}, cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wanted = 9 if has_namespaces() else 7
    while not started.exists() or started.read_text().count(" ") < wanted:
        assert process.poll() is None
        time.sleep(0.05)
    return process, [int(word) for word in started.read_text().split()]


def wait_for_end(pid):
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} still runs")


def end(pid):
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass


def servers_of(folder):
    """The pids of servers whose state lies in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_text()
        except OSError:
            continue
        if f"--state\0{folder}" in words:
            found.append(int(entry.name))
    return found


def test_what_a_program_starts_ends_with_it_wherever_it_went(tmp_path):
    sdk = shlex.join(words_of("small_sdk"))
    script = f"env LEFT={tmp_path} setsid sleep 1000 & exec timeout 300 {sdk}"
    done = doctor(tmp_path, "--json", "--", "sh", "-c", script)
    assert done.returncode == 0 and done.left == [], done.stdout
    mark = f"LEFT={tmp_path}\0".encode()
    left = []
    for entry in Path("/proc").iterdir():
        try:
            if mark in (entry / "environ").read_bytes():
                left.append(entry.name)
        except OSError:
            pass
    assert left == []


def test_a_program_that_needs_the_machines_network_is_not_blamed(tmp_path):
    if not has_namespaces():
        pytest.skip("no network namespaces on this machine")
    with socket.socket() as database:
        database.bind(("127.0.0.1", 0))
        database.listen(64)
        port = database.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        script = (f"{shlex.join([sys.executable, '-c', connect])} && "
                  f"exec {shlex.join(words_of('small_sdk'))}")
        done = doctor(tmp_path, "--json", "--timeout", "25s", "--", "sh", "-c", script)
    results = {finding["probe"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    for line in LOCAL:
        assert results[line]["result"] == "unknown"
        assert "it may need the machine's network" in results[line]["text"]


def test_an_engine_elsewhere_is_said_in_a_line(tmp_path, fake_docker):
    for variables, text in [
        ({"DOCKER_HOST": "tcp://192.0.2.1:2375"}, "on this machine, not tcp://192.0.2.1:2375"),
        ({"FAKE_DOCKER_INFO": "Docker Desktop []"}, "Docker Desktop has another"),
        ({"FAKE_DOCKER_INFO": "Debian [name=rootless]"}, "rootless has another"),
    ]:
        done = doctor(tmp_path, "--image", "an/image:1", "--", "true", **fake_docker, **variables)
        assert (done.returncode, done.stdout, done.left) == (1, "", [])
        assert text in done.stderr and done.stderr.count("\n") == 1


@pytest.fixture
def fake_docker(tmp_path):
    """The variables with which `docker` is doctor_programs/fake_docker.py."""
    tools = tmp_path / "bin"
    tools.mkdir()
    docker = tools / "docker"
    docker.write_text(f"#!/bin/sh\nexec {sys.executable} {PROGRAMS / 'fake_docker.py'} \"$@\"\n")
    docker.chmod(0o755)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}", "FAKE_DOCKER_LOG": str(tmp_path / "docker.log")}


def test_a_container_is_examined(tmp_path, fake_docker):
    done = doctor(
        tmp_path, "--json", "--image", "an/image:1", "--", *words_of("small_sdk"), **fake_docker)
    results = {finding["probe"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0 and done.left == []
    for line in LINES:
        assert results[line]["result"] == ("unknown" if line in LOCAL else "pass"), results[line]
    assert "container" in results["link-local-ipv4"]["text"]
    calls = [json.loads(line) for line in (tmp_path / "docker.log").read_text().splitlines()]
    runs = [words for words in calls if words[0] == "run"]
    assert len(runs) == 7 and not any("--user" in words for words in runs)
    assert [words[0] for words in calls].count("pull") == 1
    names = [words[words.index("--name") + 1] for words in runs]
    assert sorted(words[2] for words in calls if words[0] == "rm") == sorted(names)
    assert "KUBECONFIG" not in runs[0] and "PODID_STACK" not in runs[0]


def test_the_containers_of_a_killed_doctor_are_removed_and_looked_for_again(tmp_path, fake_docker):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [PODID, "doctor", "--image", "an/image:1", "--", "sleep", "600"], cwd=tmp_path,
        env={**clean_environment(tmp_path), "TMPDIR": str(temporary), **fake_docker},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def calls(name):
        log = tmp_path / "docker.log"
        lines = log.read_text().splitlines(True) if log.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("\n")]
        return [words for words in found if words[0] == name]

    until(lambda: calls("run"))
    process.kill()
    process.communicate()
    names = {words[words.index("--name") + 1] for words in calls("run")}
    # Not at once: an engine may make a container whose client is gone already.
    until(lambda: all([words[2] for words in calls("rm")].count(name) == 3 for name in names), 60)


def test_a_container_of_another_user_runs_as_ours(tmp_path, fake_docker):
    words = ["--image", "an/image:1", "--timeout", "30s", "--", *words_of("old_cli")]
    done = doctor(tmp_path, *words, **fake_docker, FAKE_DOCKER_USER="1000:1000")
    assert "✓ loopback" in done.stdout and done.stderr == ""
    calls = [json.loads(line) for line in (tmp_path / "docker.log").read_text().splitlines()]
    assert all("--user" in words for words in calls if words[0] == "run")


def test_no_engine_is_said_in_a_line(tmp_path, fake_docker):
    words = ["--image", "an/image:1", "--", "true"]
    broken = doctor(tmp_path, *words, **fake_docker, FAKE_DOCKER_BROKEN="1")
    assert (broken.returncode, broken.stdout, broken.left) == (1, "", [])
    assert broken.stderr == (
        "podid: --image needs a Docker engine, and none answers: Cannot connect to the Docker "
        "daemon at unix:///nowhere. Is it running?\n")
    missing = doctor(tmp_path, *words, PATH=str(tmp_path / "nothing"))
    assert (missing.returncode, missing.stdout, missing.left) == (1, "", [])
    assert missing.stderr.startswith("podid: --image needs docker, which cannot be started:")
    unknown = doctor(tmp_path, "--image", "an/other:1", "--", "true", **fake_docker)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "the image an/other:1 is not to be had: Error response" in unknown.stderr
    assert missing.stderr.count("\n") == 1
