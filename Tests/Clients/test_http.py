"""The cases of Golden/http-requests.json over real sockets, plain and TLS.

The Swift tests feed the same cases to the parser whole, byte by byte and cut at every place.
"""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CASES = json.loads(
    (Path(__file__).parents[1] / "Golden" / "http-requests.json").read_text())
PORTS = [("aws", "url"), ("s3", "url"), ("kubernetes", "url"), ("aws", "admin")]


def data(send):
    parts = send if isinstance(send, list) else [send]
    text = "".join(part if isinstance(part, str) else part[0] * part[1] for part in parts)
    return text.encode("latin-1")


class Line:
    """One connection, with or without TLS, that reads answers."""

    def __init__(self, stack, part, key):
        url = urlsplit(stack[part][key])
        self.socket = socket.create_connection((url.hostname, url.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_plain = url.scheme == "http"
        if not self.is_plain:
            context = ssl.create_default_context(cafile=stack["kubernetes"]["ca"])
            self.socket = context.wrap_socket(self.socket, server_hostname=url.hostname)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def more(self):
        piece = self.socket.recv(1 << 16)
        self.rest += piece
        return piece

    def answer(self, has_body=True):
        """The next answer's status, fields and body; None where the connection ended."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                assert not self.rest, self.rest
                return None
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?im)^content-length: *(\d+)\r?$", head)
        size = int(length[1]) if length and has_body else 0
        while len(self.rest) < size:
            assert self.more(), "cut short"
        body, self.rest = self.rest[:size], self.rest[size:]
        return int(head.split(b" ")[1]), head.decode("latin-1").lower(), body

    def ends(self):
        """Whether the other end closes without a further byte."""
        return not self.rest and not self.more()


@pytest.mark.parametrize("part, key", PORTS)
def test_raw_requests(stack, part, key):
    for case in CASES:
        with Line(stack, part, key) as line:
            line.socket.sendall(data(case["send"]))
            where = (case["name"], part, key)
            for request in case["requests"]:
                answer = line.answer(has_body=request["method"] != "HEAD")
                assert answer and not answer[2].startswith(b"400 Bad Request:"), (where, answer)
            if "refused" in case:
                answer = line.answer()
                # What is wrong with a body, S3 does not come to see in a request that nobody signed.
                statuses = (case["refused"], 403) if part == "s3" else (case["refused"],)
                assert answer and answer[0] in statuses, (where, answer)
                assert "connection: close" in answer[1], where
                assert line.ends(), where
            elif line.is_plain:
                # It waits for more; once told that there is none, it ends without a word. S3 does not
                # wait for the body of what it refuses.
                line.socket.shutdown(socket.SHUT_WR)
                if part == "s3" and (answer := line.answer()):
                    assert answer[0] == 403, where
                assert line.ends(), where


def test_requests_in_many_pieces(stack):
    """One byte a segment, over plain sockets and TLS records."""
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    message = head + b"3\r\nabc\r\n0\r\n\r\n"
    for part, key in PORTS:
        with Line(stack, part, key) as line:
            for position in range(len(message)):
                line.socket.sendall(message[position:position + 1])
            first = line.answer()
            if part == "s3" and "connection: close" in first[1]:
                # S3 refuses by the head, here before the last of the pieces had come.
                assert first[0] == 403
                continue
            line.socket.sendall(message)
            assert first[0] == line.answer()[0] < 500


@pytest.mark.parametrize("part, key", PORTS)
def test_expect_100_continue(stack, part, key):
    with Line(stack, part, key) as line:
        line.socket.sendall(
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
            b"Content-Length: 2\r\n\r\n")
        if part == "s3":
            # Nobody signed it, so nobody is asked for the body.
            assert line.answer()[0] == 403
            return
        assert line.answer()[0] == 100
        line.socket.sendall(b"{}")
        assert 200 <= line.answer()[0] < 500


@pytest.mark.parametrize("part, path", [("aws", "/healthz"), ("kubernetes", "/version")])
def test_head_has_the_head_alone(stack, part, path):
    key = "admin" if part == "aws" else "url"
    with Line(stack, part, key) as line:
        line.socket.sendall(
            f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head = line.answer(has_body=False)
        whole = line.answer()
        assert whole and whole[0] in (200, 405) and head[2] == b""
        assert line.ends()


def test_one_byte_a_second_is_cut_off(stack):
    """The time for a head is absolute: a drip does not prolong it."""
    with Line(stack, "aws", "url") as line:
        started = time.monotonic()
        line.socket.settimeout(0.5)
        line.socket.sendall(b"GET / HTTP/1.1\r\nX-A: ")
        while time.monotonic() - started < 60:
            try:
                line.socket.sendall(b"a")
                if line.more():
                    break
            except TimeoutError:
                continue
        assert line.answer()[0] == 408
        # Bytes that put it off would come for all of the minute.
        assert 9 < time.monotonic() - started < 50


def test_renegotiation_is_refused(stack):
    """TLS 1.2 clients could ask for work again and again; openssl's `R` asks."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl command on this machine")
    url = urlsplit(stack["kubernetes"]["url"])
    done = subprocess.run(
        ["openssl", "s_client", "-tls1_2", "-connect", url.netloc], input="R\n", text=True,
        capture_output=True, timeout=60)
    assert "no renegotiation" in (done.stdout + done.stderr).lower()


def test_plain_http_to_the_tls_port_ends(stack):
    url = urlsplit(stack["kubernetes"]["url"])
    with socket.create_connection((url.hostname, url.port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while line.recv(4096):
            pass
