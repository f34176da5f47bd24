"""Nothing that was answered is lost, whatever is killed whenever.

PODID_KILLS says how many kills (30); PODID_SEED repeats a run.
"""

import glob
import os
import random
import re
import resource
import signal
import socket
import subprocess

import pytest
from conftest import until
from crash import ConfigMaps, Crash, Unsure
from servers import Servers
from small_disk import servers_on

KILLS = int(os.environ.get("PODID_KILLS", "30"))


@pytest.fixture
def crash(tmp_path):
    with Servers(tmp_path) as servers:
        for name in ("kubernetes", "aws", "agent"):
            servers.start(name)
        seed = int(os.environ.get("PODID_SEED", random.randrange(1 << 30)))
        print(f"PODID_SEED={seed}")
        crash = Crash(servers, seed)
        yield crash
        crash.end()


def test_kill_9_loses_nothing(crash):
    checked = 0
    while sum(crash.kills.values()) < KILLS:
        crash.kill_one()
        if sum(crash.kills.values()) - checked >= 25:
            checked = sum(crash.kills.values())
            crash.check()
    crash.check()
    written = sum(writer.acknowledged for writer in crash.writers)
    print(f"{crash.kills}, {written} writes answered, {crash.watcher.reconnects} watches begun anew")
    assert written > KILLS and crash.watcher.reconnects > 0
    crash.end()
    for name in ("kubernetes", "aws", "agent"):
        assert crash.servers.stop(name) == 0
    assert crash.leftovers() == []


def test_the_harness_sees_a_planted_loss(crash):
    while not any(t.values != {None} for w in crash.writers[:3] for t in w.things.values()):
        pass
    crash.plant_a_loss()
    with pytest.raises(AssertionError, match="LOST"):
        crash.check()


def test_a_full_disk_is_a_clear_error_and_loses_nothing(tmp_path):
    """State on a file system of two megabytes, which another file fills up."""
    with servers_on(tmp_path, 3) as (servers, small):
        servers.start("kubernetes")
        maps = ConfigMaps(servers)
        maps.url = maps.root + "/api/v1/namespaces/default/configmaps"
        maps.create("before", "x")
        ballast = os.open(small / "ballast", os.O_CREAT | os.O_WRONLY)
        with pytest.raises(OSError):
            while True:
                os.write(ballast, b"x" * 4096)
        refused = 0
        for number in range(40):
            try:
                maps.create(f"full-{number}", "y" * 60_000)
            except Unsure:
                refused += 1
        assert refused > 0
        assert maps.read("before")[0] == "x", "reading goes on"
        os.close(ballast)
        os.unlink(small / "ballast")
        maps.create("after", "z")
        kept = maps.all()[1]
        servers.stop("kubernetes", signal.SIGKILL)
        servers.start("kubernetes")
        assert ConfigMaps.all(maps)[1] == kept
        log = (tmp_path / "kubernetes.log").read_text()
        assert re.search("full|disk", log), log[-500:]


@pytest.mark.parametrize("name", ["kubernetes", "aws"])
def test_read_only_state_is_a_clear_error(tmp_path, name):
    """State that was written before, on a file system that has turned read-only."""
    with Servers(tmp_path) as servers:
        servers.start(name)
        servers.stop(name)
        done = subprocess.run(
            ["mount", "--bind", str(servers.state), str(servers.state)], capture_output=True)
        if done.returncode != 0:
            pytest.skip("file systems cannot be mounted here")
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", str(servers.state)], check=True)
            process = servers.run(name, servers.flags(name))
            assert process.wait(120) == 1 and process.stdout.read() == ""
            del servers.processes[name]
            last = (tmp_path / f"{name}.log").read_text().splitlines()[-1]
            assert "Read-only file system" in last and str(servers.state) in last, last
        finally:
            subprocess.run(["umount", "-l", str(servers.state)], check=True)
        servers.start(name)


def test_a_clock_that_jumps_back_stops_nothing(tmp_path):
    """The machine's own clock, as the servers see it through Debian's faketime."""
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    if not library:
        pytest.skip("no libfaketime on this machine (Debian's package faketime)")
    offset = tmp_path / "offset"
    offset.write_text("+0")
    with Servers(tmp_path) as servers:
        servers.environment = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        servers.start("kubernetes")
        maps = ConfigMaps(servers)
        maps.url = maps.root + "/api/v1/namespaces/default/configmaps"
        first = maps.create("a", "x")[1]
        offset.write_text("-2h")
        second = maps.create("b", "x")[1]
        assert second > first
        token = maps.root + "/api/v1/namespaces/default/serviceaccounts/default/token"
        made = maps.call("POST", token, json={})["status"]["token"]
        review = maps.call(
            "POST", maps.root + "/apis/authentication.k8s.io/v1/tokenreviews",
            json={"spec": {"token": made}})
        assert review["status"]["authenticated"]
        servers.stop("kubernetes", signal.SIGKILL)
        servers.start("kubernetes")
        assert maps.create("c", "x")[1] > second


def test_used_up_descriptors_come_back(tmp_path):
    """Connections beyond what the process may hold: the oldest makes room for the newest."""
    with Servers(tmp_path) as servers:
        servers.limit_descriptors = 200
        servers.start("aws")
        host, port = servers.address("aws").split(":")
        held = []
        for _ in range(400):
            line = socket.create_connection((host, int(port)), timeout=60)
            held.append(line)
        assert servers.processes["aws"].poll() is None
        # The oldest made room.
        held[0].settimeout(20)
        assert held[0].recv(1) == b""
        for line in held:
            line.close()
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.settimeout(20)
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 4")


def is_open(line):
    try:
        while line.recv(4096):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_twenty_thousand_connections(tmp_path):
    """As many as this machine lets a process hold, all answered, and memory given back."""
    wanted = 20_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard - 500)
    if wanted < 11_000:
        pytest.skip(f"a process may hold {hard} descriptors here, too few to pass the limit")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 500, hard))
    try:
        with Servers(tmp_path) as servers:
            servers.limit_descriptors = wanted + 500
            servers.start("aws")
            host, port = servers.address("aws").split(":")
            held = []
            message = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            for number in range(wanted):
                line = socket.socket()
                # Loopback has more addresses than one has ports, and a port that was used rests for a minute.
                line.bind((f"127.0.0.{2 + number // 1_000}", 0))
                line.settimeout(20)
                line.connect((host, int(port)))
                held.append(line)
                # At once: who says nothing for ten seconds is told to go, and a busy machine may
                # need as long for all of them.
                try:
                    line.sendall(message)
                except OSError:
                    pass  # beyond the limit
            answered, left = 0, []
            for line in held:
                try:
                    answered += line.recv(100).startswith(b"HTTP/1.1 4")
                    line.setblocking(False)
                    left.append(line)
                except OSError:
                    pass
            # The limit of a listener is 10,000: the oldest make room. On a busy machine some do whose
            # request was not read yet; whoever sent it tries again.
            assert answered >= wanted * 0.9, answered

            def few_are_open():
                left[:] = [line for line in left if is_open(line)]
                return len(left) <= 10_000

            until(few_are_open)
            assert left, "the newest stay open"
            for line in held:
                line.close()
            with socket.create_connection((host, int(port)), timeout=60) as line:
                line.sendall(message)
                assert line.recv(100).startswith(b"HTTP/1.1 4")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGABRT])
@pytest.mark.parametrize("name", ["kubernetes", "aws", "agent"])
def test_a_crash_shows_nothing_of_the_memory(tmp_path, name, how):
    """Swift's own report has what registers point to, which may be a key; it comes when asked for."""
    with Servers(tmp_path) as servers:
        servers.start("kubernetes")
        if name != "kubernetes":
            servers.start(name)
        assert servers.stop(name, how) == -how
        log = (tmp_path / f"{name}.log").read_text()
        assert "crashed" not in log and "rsp" not in log, log
