"""Requests to S3 that no SDK makes: each part of the signature can be other than it should be."""

import hashlib
import hmac
import http.client
import re
import time
from urllib.parse import quote, unquote_to_bytes, urlsplit

EMPTY = hashlib.sha256(b"").hexdigest()
ALGORITHM = "AWS4-HMAC-SHA256"


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Signer:
    """Signs as version 4 says, under a scope."""

    def __init__(self, key="test", secret="test", region="us-east-1", service="s3"):
        self.key, self.time = key, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.scope = f"{self.time[:8]}/{region}/{service}/aws4_request"
        seal = ("AWS4" + secret).encode()
        for part in self.scope.split("/"):
            seal = digest(seal, part)
        self.seal = seal

    def signature(self, method, path, query, headers, names, payload):
        """The signature of a request; `names` may be any list."""
        values = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(value.strip())
        lines = [f"{name}:{','.join(values.get(name.lower(), ['']))}" for name in names]
        pairs = sorted(part if "=" in part else part + "=" for part in query.split("&") if part)
        request = "\n".join(
            [method, path, "&".join(pairs), *lines, "", ";".join(names), payload])
        return self.of(ALGORITHM, self.time, self.scope, hashlib.sha256(request.encode()).hexdigest())

    def of(self, *lines):
        return digest(self.seal, "\n".join(lines)).hex()

    def header(self, method, path, headers, names, payload, query=""):
        signature = self.signature(method, path, query, headers, names, payload)
        return (f"{ALGORITHM} Credential={self.key}/{self.scope}, SignedHeaders={';'.join(names)}, "
                f"Signature={signature}")

    def presigned(self, method, path, headers, names, payload="UNSIGNED-PAYLOAD", more=""):
        query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in [
            ("X-Amz-Algorithm", ALGORITHM), ("X-Amz-Credential", f"{self.key}/{self.scope}"),
            ("X-Amz-Date", self.time), ("X-Amz-Expires", "600"),
            ("X-Amz-SignedHeaders", ";".join(names))]) + more
        return f"{query}&X-Amz-Signature=" + self.signature(
            method, path, query, headers, names, payload)


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def element(self, name):
        found = re.search(f"<{name}>(.*?)</{name}>", self.body.decode(errors="replace"), re.S)
        return found and found[1]

    @property
    def code(self):
        return self.element("Code")

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


def send(url, method, target, headers, body=b""):
    """Sends just these fields, as many of a name as there are; the answer."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        line.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            line.putheader(name, value)
        line.endheaders(body or None)
        return Answer(line.getresponse())
    finally:
        line.close()


def put(url, path="/your-bucket-name/raw", body=b"hello", method="PUT", payload=None, signed=(),
        unsigned=(), names=None, signer=None):
    """A request signed in its header. `names` replaces the list of signed fields."""
    signed_path = quote(unquote_to_bytes(path), safe="/-_.~?=")
    signer = signer or Signer()
    payload = hashlib.sha256(body).hexdigest() if payload is None else payload
    own = [("Host", urlsplit(url).netloc), ("x-amz-date", signer.time)]
    if payload:
        own.append(("x-amz-content-sha256", payload))
    headers = own + list(signed)
    names = names or sorted({name.lower() for name, _ in headers})
    authorization = signer.header(method, signed_path, headers, names, payload)
    headers += [("Authorization", authorization), *unsigned]
    if body or method in ("PUT", "POST"):
        headers.append(("Content-Length", str(len(body))))
    return send(url, method, path, headers, body)


def put_presigned(url, path="/your-bucket-name/raw", body=b"hello", method="PUT", signed=(),
                  unsigned=(), names=None, signer=None, more=""):
    """A request signed in its query."""
    signer = signer or Signer()
    headers = [("Host", urlsplit(url).netloc), *signed]
    names = names or sorted({name.lower() for name, _ in headers})
    query = signer.presigned(method, path, headers, names, more=more)
    headers += [*unsigned, ("Content-Length", str(len(body)))]
    return send(url, method, f"{path}?{query}", headers, body)


def chunked(url, chunks, kind="STREAMING-AWS4-HMAC-SHA256-PAYLOAD", trailers=(), announced=None,
            length=None, end=b"\r\n", change=lambda body: body, path="/your-bucket-name/raw"):
    """An upload in `aws-chunked` encoding; `change` spoils the body."""
    signer = Signer()
    length = sum(map(len, chunks)) if length is None else length
    fields = [("Host", urlsplit(url).netloc), ("x-amz-date", signer.time),
              ("x-amz-content-sha256", kind), ("Content-Encoding", "aws-chunked")]
    if length != "":
        fields.append(("x-amz-decoded-content-length", str(length)))
    announced = [name for name, _ in trailers] if announced is None else announced
    fields += [("x-amz-trailer", name) for name in announced]
    names = sorted({name.lower() for name, _ in fields})
    authorization = signer.header("PUT", path, fields, names, kind)
    previous = authorization.rpartition("=")[2]
    body = b""
    for chunk in [*chunks, b""]:
        body += f"{len(chunk):x}".encode()
        if "UNSIGNED" not in kind:
            previous = signer.of(ALGORITHM + "-PAYLOAD", signer.time, signer.scope, previous, EMPTY,
                                 hashlib.sha256(chunk).hexdigest())
            body += b";chunk-signature=" + previous.encode()
        body += b"\r\n" + (chunk + b"\r\n" if chunk else b"")
    for name, value in trailers:
        body += f"{name}:{value}\r\n".encode()
    if kind.endswith("PAYLOAD-TRAILER") and "UNSIGNED" not in kind:
        text = "".join(f"{name}:{value}\n" for name, value in trailers)
        body += b"x-amz-trailer-signature:" + signer.of(
            ALGORITHM + "-TRAILER", signer.time, signer.scope, previous,
            hashlib.sha256(text.encode()).hexdigest()).encode() + b"\r\n"
    body = change(body + end)
    fields += [("Authorization", authorization), ("Content-Length", str(len(body)))]
    return send(url, "PUT", path, fields, body)
