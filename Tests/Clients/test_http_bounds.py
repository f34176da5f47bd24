"""What one caller can make a server hold, over real sockets: each attack beside callers that are served."""

import contextlib
import json
import os
import re
import resource
import socket
import ssl
import statistics
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import BIN, clean_environment
from pace import Pace

GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
MIB = 1 << 20


def connect(url):
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=60)


def status(line):
    """The status of the next answer's head; None where the connection ended."""
    line.settimeout(30)
    with contextlib.suppress(OSError):
        found = re.match(rb"HTTP/1.1 (\d+)", line.recv(4096))
        return int(found[1]) if found else None


def ask(url, message=GET):
    """The status that a new caller gets, and the seconds that it took."""
    with Pace() as pace, connect(url) as line:
        line.sendall(message)
        found = status(line)
    return found, pace.seconds


class Growth:
    """The most memory that a process took since, in bytes, beyond what it had."""

    def __init__(self, pid):
        self.pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        self.start = self.field("VmRSS")

    def field(self, name):
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) * 1024

    def __int__(self):
        return self.field("VmHWM") - self.start


def exchange_all(line, pieces):
    """Sends pieces while another thread takes all answers; returns how many bytes came back."""
    taken = []

    def take():
        with contextlib.suppress(OSError):
            while piece := line.recv(1 << 16):
                taken.append(len(piece))

    reader = threading.Thread(target=take)
    reader.start()
    with contextlib.suppress(OSError):
        for piece in pieces:
            line.sendall(piece)
        line.shutdown(socket.SHUT_WR)
    reader.join(60)
    return sum(taken)


def filled(size, head=b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"):
    return head + b"X-Fill: " + b"x" * size + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("part, key, size", [
    ("aws", "url", 20_000), ("aws", "url", 300), ("agent", "probe", 20_000), ("agent", "url", 200_000)])
def test_requests_behind_an_unanswered_one_wait_in_the_socket(stack, part, key, size):
    url = stack[part][key].split("/v1")[0]
    growth = Growth(stack[part]["pid"])
    message = filled(size) if part == "aws" else filled(size, GET[:-2])
    block = message * (200_000 // size + 1)
    with connect(url) as line:
        assert exchange_all(line, (block for _ in range(60 * MIB // len(block) // (20 if size < 1000 else 1))))
    assert int(growth) < 12 * MIB


@pytest.mark.parametrize("shift", [1, 37, 15_000])
def test_a_connection_lets_go_of_what_it_has_sent(stack, shift):
    """Packets that always end inside the next request."""
    growth = Growth(stack["agent"]["pid"])
    message = filled(20_000, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    with connect(stack["agent"]["url"]) as line:
        line.sendall(message[:shift])
        for _ in range(60 * MIB // len(message)):
            line.sendall(message[shift:] + message[:shift])
            assert line.recv(4096)
    assert int(growth) < 6 * MIB


HALVES = {
    "bodies": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3d0900\r\n",
    "heads": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Fill: ",
}


@pytest.mark.parametrize("half", HALVES)
def test_unfinished_requests_of_many_callers_are_bounded(stack, half):
    """Beyond the budget they are refused with 503; small requests of others are served meanwhile."""
    part = "agent" if half == "heads" else "aws"
    url = stack[part]["url"].split("/v1")[0]
    growth = Growth(stack[part]["pid"])
    size = 900_000 if half == "heads" else 3_000_000
    with contextlib.ExitStack() as lines:
        held = []
        for _ in range(40 if half != "heads" else 120):
            line = lines.enter_context(connect(url))
            with contextlib.suppress(OSError):
                line.sendall(HALVES[half] + b"x" * size)
            held.append(line)
        found, seconds = ask(url, GET if part == "agent" else filled(10))
        assert found and found < 500 and seconds < 2, (found, seconds)
        answered = []
        for line in held:
            line.settimeout(0.01)
            with contextlib.suppress(OSError):
                answered.append(line.recv(12))
        assert answered.count(b"HTTP/1.1 503") > 10, answered
    # What is counted, grown by doubling, and what the allocator keeps.
    assert int(growth) < 80 * MIB


def test_half_handshakes_are_bounded(stack):
    """A ClientHello may take 128 KiB and never end."""
    growth = Growth(stack["kubernetes"]["pid"])
    record = b"\x16\x03\x01\x40\x00"
    hello = record + b"\x01\x01\xf0\x00\x03\x03" + b"x" * (0x4000 - 6) + (record + b"x" * 0x4000) * 5
    with contextlib.ExitStack() as lines:
        for _ in range(1000):
            line = lines.enter_context(connect(stack["kubernetes"]["url"]))
            with contextlib.suppress(OSError):
                line.sendall(hello)
        context = ssl.create_default_context(cafile=stack["kubernetes"]["ca"])
        with context.wrap_socket(
                connect(stack["kubernetes"]["url"]), server_hostname="127.0.0.1") as line:
            line.sendall(b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert status(line) == 200
    assert int(growth) < 90 * MIB


def client_hello():
    """What Python's own client says first."""
    output = ssl.MemoryBIO()
    session = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), output, server_hostname="podid.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return output.read()


def test_unfinished_handshakes_of_many_callers_are_bounded(stack):
    """OpenSSL takes about 50 KiB for each hello, and who says it may never go on."""
    url = stack["kubernetes"]["url"]
    context = ssl.create_default_context(cafile=stack["kubernetes"]["ca"])
    growth = Growth(stack["kubernetes"]["pid"])
    hello = client_hello()
    for part in hello, hello[:1], hello[:-1]:
        with contextlib.ExitStack() as lines:
            for index in range(3000):
                line = lines.enter_context(connect(url))
                with contextlib.suppress(OSError):
                    line.sendall(part)
                if index % 1000 == 999:
                    with Pace() as pace, context.wrap_socket(
                            connect(url), server_hostname="127.0.0.1") as other:
                        other.sendall(b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                        assert status(other) == 200
                    assert pace.seconds < 1
        assert int(growth) < 80 * MIB, len(part)


class Server:
    """An aws-api of its own, under limits of descriptors."""

    def __init__(self, folder, soft, hard):
        self.process = subprocess.Popen(
            [BIN / "aws-api", "--listen", "127.0.0.1:0", "--s3-listen", "127.0.0.1:0",
             "--admin-listen", "127.0.0.1:0", "--state", folder / "state"],
            env=clean_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
        ready = json.loads(self.process.stdout.readline())
        self.url = ready["listen"][0]
        self.admin = ready["admin"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(120)
        self.process.stdout.close()


def served(url):
    """The median of the times that callers wait who come one after another."""
    times = []
    for _ in range(20):
        found, seconds = ask(url, filled(10))
        assert found and found < 500
        times.append(seconds)
    return statistics.median(times)


def test_soft_limit_of_descriptors_is_raised(tmp_path):
    with Server(tmp_path, 64, 2000) as server:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        assert re.search(r"Max open files +2000 +2000", limits)


@pytest.mark.parametrize("opening", [b"", b"GET / HTTP/1.1\r\nHo", GET, filled(10)])
def test_at_the_cap_another_caller_is_served(tmp_path, opening):
    """Connections that rest before, in or behind a request do not lock others out."""
    with Server(tmp_path, 64, 256) as server, contextlib.ExitStack() as lines:
        for _ in range(400):
            line = lines.enter_context(connect(server.url))
            with contextlib.suppress(OSError):
                line.sendall(opening)
        assert served(server.url) < 0.1
        assert ask(server.admin, GET.replace(b"/ ", b"/healthz ", 1))[0] == 200


def test_without_descriptors_another_caller_is_served(tmp_path):
    """The limit is lowered below what is open, so accept fails with EMFILE."""
    with Server(tmp_path, 2000, 2000) as server, contextlib.ExitStack() as lines:
        for _ in range(200):
            lines.enter_context(connect(server.url))
        assert served(server.url) < 0.1
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (100, 100))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if ask(server.url, filled(10))[0]:
                break
        assert served(server.url) < 0.1
        assert ask(server.admin, GET.replace(b"/ ", b"/healthz ", 1))[0] == 200
