"""Objects are read and written as they come: what is slow, large, refused or cut off costs little."""

import hashlib
import os
import resource
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import until
from s3_raw import Signer, chunked, put, put_presigned, send
from servers import Servers

MEBIBYTE = 1 << 20
BLOCK = os.urandom(MEBIBYTE)


@pytest.fixture
def servers(tmp_path):
    with Servers(tmp_path) as servers:
        servers.start("aws")
        assert put("http://" + servers.address("s3"), "/bucket", b"").status == 200
        yield servers


def line(servers):
    host, port = servers.address("s3").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def peak(servers):
    """The most memory that aws-api had, in MiB."""
    status = Path(f"/proc/{servers.processes['aws'].pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def uploads(servers):
    return os.listdir(servers.state / "aws-api/buckets/.podid/.uploads")


def head(servers, method, path, size=0, more=(), payload="UNSIGNED-PAYLOAD", is_signed=True):
    """The head of a request, signed without its body."""
    signer = Signer()
    fields = [("Host", servers.address("s3")), ("x-amz-date", signer.time),
              ("x-amz-content-sha256", payload)]
    if is_signed:
        names = [name.lower() for name, _ in fields]
        fields = sorted(fields, key=lambda field: field[0].lower())
        fields.append(("Authorization", signer.header(method, path, fields, sorted(names), payload)))
    fields += [("Content-Length", str(size)), *more]
    return (f"{method} {path} HTTP/1.1\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n").encode()


def answer(one):
    """What comes up to the end of a head or of an XML body."""
    got = b""
    while b"</Error>" not in got and not (b"\r\n\r\n" in got and b"<?xml" not in got):
        piece = one.recv(1 << 16)
        if not piece:
            break
        got += piece
    return got


def upload(servers, path, size):
    """Sends an object whole, a MiB at a time; its SHA-256."""
    digest = hashlib.sha256()
    with line(servers) as one:
        one.sendall(head(servers, "PUT", path, size))
        for start in range(0, size, MEBIBYTE):
            piece = BLOCK[:min(MEBIBYTE, size - start)]
            digest.update(piece)
            one.sendall(piece)
        assert answer(one).startswith(b"HTTP/1.1 200")
    return digest.hexdigest()


def test_slow_uploads_and_unread_downloads_hold_no_objects(servers):
    url = "http://" + servers.address("s3")
    digest = upload(servers, "/bucket/large", 60_000_000)
    before = peak(servers)
    held = []
    for number in range(20):
        one = line(servers)
        one.sendall(head(servers, "PUT", f"/bucket/slow{number}", 64 * MEBIBYTE))
        for _ in range(10):
            one.sendall(BLOCK)
        held.append(one)
    print(f"20 unfinished uploads: {peak(servers) - before:.1f} MiB")
    for _ in range(20):
        one = line(servers)
        one.sendall(head(servers, "GET", "/bucket/large"))
        assert one.recv(100).startswith(b"HTTP/1.1 200")
        held.append(one)
    # Others are served meanwhile.
    assert put(url, "/bucket/small", b"hello").status == 200
    grown = peak(servers) - before
    print(f"and 20 unread downloads: {grown:.1f} MiB above {before:.1f}")
    assert grown < 64 and len(uploads(servers)) == 20
    # The rest of one download is whole, although the object is another by now.
    assert put(url, "/bucket/large", b"new").status == 200
    reader = held.pop()
    received = b""
    while len(received) < 60_000_000:
        piece = reader.recv(1 << 20)
        assert piece
        received += piece if received else piece.partition(b"\r\n\r\n")[2]
    reader.close()
    # The first 100 bytes of the answer were read above, and are a part of its head.
    assert hashlib.sha256(received).hexdigest() == digest
    for one in held:
        one.close()
    until(lambda: not uploads(servers))
    assert put(url, "/bucket/slow0", b"", "GET").status == 404


def test_what_is_refused_is_refused_before_its_body(servers, stack):
    large = 64 * MEBIBYTE
    expect = [("Expect", "100-continue")]
    for more in ([], expect):
        with line(servers) as one:
            one.sendall(head(servers, "PUT", "/bucket/k", large, more, is_signed=False))
            got = answer(one)
            assert got.startswith(b"HTTP/1.1 403") and b"AccessDenied" in got, got
        for path, code in [("/nosuchbucket/k", b"NoSuchBucket"), ("/bucket/a//b", b"InvalidArgument")]:
            with line(servers) as one:
                one.sendall(head(servers, "PUT", path, large, more))
                assert b"<Code>" + code in answer(one)
        with line(servers) as one:
            one.sendall(head(servers, "PUT", "/bucket/k", (5 << 30) + 1, more))
            got = answer(one)
            assert b"EntityTooLarge" in got and b"<MaxSizeAllowed>5368709120<" in got, got
        with line(servers) as one:
            one.sendall(head(servers, "PUT", "/bucket/k?uploadId=1&partNumber=1", large, more))
            assert answer(one).startswith((b"HTTP/1.1 501", b"HTTP/1.1 403"))
    with line(servers) as one:
        one.sendall(head(servers, "PUT", "/bucket/k", 5, expect))
        assert answer(one).startswith(b"HTTP/1.1 100")
        one.sendall(b"hello")
        assert answer(one).startswith(b"HTTP/1.1 200")
    assert uploads(servers) == []
    # Who may not write is told before writing.
    link = stack.run_as("default/s3-reader-sa", "python3", "-c", (
        "import boto3; from botocore.config import Config\n"
        "s3 = boto3.client('s3', config=Config(signature_version='s3v4'))\n"
        "print(s3.generate_presigned_url("
        "'put_object', Params={'Bucket': 'your-bucket-name', 'Key': 'k'}))")).stdout.strip()
    place = urlsplit(link)
    with socket.create_connection((place.hostname, place.port), timeout=60) as one:
        one.sendall((f"PUT {place.path}?{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\n"
                     f"Content-Length: {large}\r\n\r\n").encode())
        assert b"is not authorized to perform: s3:PutObject" in answer(one)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 5_000_000])
def test_an_object_comes_back_as_it_was_sent(servers, size):
    url = "http://" + servers.address("s3")
    body = (BLOCK * 5)[:size]
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    chunks = [body[start:start + 100_000] for start in range(0, size, 100_000)]
    for write in (lambda: put(url, "/bucket/k", body), lambda: put_presigned(url, "/bucket/k", body),
                  lambda: chunked(url, chunks, kind, path="/bucket/k")):
        done = write()
        assert done.status == 200, done
        assert done.headers["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
        found = put(url, "/bucket/k", b"", "GET")
        assert found.body == body and found.headers["Content-Length"] == str(size)
        for first, last in [(0, 0), (1, 65_536), (65_535, 200_000), (size - 1, size)]:
            if 0 <= first < size:
                part = put(url, "/bucket/k", b"", "GET",
                           unsigned=[("Range", f"bytes={first}-{last}")])
                assert part.status == 206 and part.body == body[first:last + 1]
    # Its digest is of all that came, not of the first piece.
    wrong = hashlib.sha256(body + b"x").hexdigest()
    assert put(url, "/bucket/k", body, payload=wrong).code == "XAmzContentSHA256Mismatch"
    assert uploads(servers) == []


def test_an_upload_that_is_cut_off_leaves_nothing(servers):
    url = "http://" + servers.address("s3")
    assert put(url, "/bucket/k", b"old").status == 200
    for sent in (0, 1, 65_536, 3_000_000):
        for end in (socket.socket.close, lambda one: one.shutdown(socket.SHUT_WR)):
            one = line(servers)
            one.sendall(head(servers, "PUT", "/bucket/k", 4_000_000) + (BLOCK * 3)[:sent])
            until(lambda: uploads(servers))
            end(one)
            until(lambda: not uploads(servers))
            one.close()
    assert put(url, "/bucket/k", b"", "GET").body == b"old"


def test_too_many_uploads_at_once_are_slowed_down(servers):
    """The room for streamed bodies is 256 MiB, 192 KiB each: the rest is told to come again."""
    wanted = 1500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3 * wanted + 500:
        pytest.skip(f"a process may hold {hard} descriptors here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 500), hard))
    held = []
    try:
        for _ in range(wanted):
            one = line(servers)
            one.sendall(head(servers, "PUT", "/bucket/k", 100_000))
            held.append(one)
        got = held[-1].recv(4096)
        assert got.startswith(b"HTTP/1.1 503") and b"<Code>SlowDown</Code>" in got, got
    finally:
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    until(lambda: not uploads(servers), 60)
    assert put("http://" + servers.address("s3"), "/bucket/k", b"x").status == 200


def test_without_descriptors_nothing_is_said_to_be_missing(tmp_path):
    with Servers(tmp_path) as servers:
        servers.limit_descriptors = 100
        servers.start("aws")
        url = "http://" + servers.address("s3")
        put(url, "/bucket", b"")
        assert put(url, "/bucket/k", b"x").status == 200
        held, codes = [], set()
        for _ in range(60):
            one = line(servers)
            one.settimeout(1)
            held.append(one)
            try:
                one.sendall(head(servers, "PUT", "/bucket/k", 100_000))
                done = put(url, "/bucket/k", b"", "GET")
                codes.add((done.status, done.code))
            except OSError:
                continue
        assert codes <= {(200, None), (503, "SlowDown")} and (200, None) in codes, codes
        for one in held:
            one.close()
        time.sleep(0)
        until(lambda: send(url, "GET", "/", [("Host", servers.address("s3"))]).status == 403)
