"""An EKS Auth for tests of the agent alone: what it answers stands in the token's `sub`."""

import base64
import gzip
import hashlib
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAR = 4102444800  # 2100-01-01T00:00:00Z


BOUND = {"namespace": "ns", "pod": {"name": "p", "uid": "u"},
         "serviceaccount": {"name": "sa", "uid": "s"}}


def bound(claims, uid=None):
    """Claims of a token that is bound to a pod, one of its own for each of them."""
    own = hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()
    pod = {"name": "p", "uid": uid or own}
    return {**claims, "kubernetes.io": {**BOUND, "pod": pod}}


def token(claims, header=None, signature="sig"):
    """A token of JSON values, or of texts that are not JSON."""
    def part(value):
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'} if header is None else header)}.{part(claims)}.{signature}"


def answer(**changes):
    """A whole answer; a change to None takes a member out."""
    whole = {
        "assumedRoleUser": {"arn": "arn:aws:sts::123456789012:assumed-role/r/s", "assumeRoleId": "A:s"},
        "audience": "pods.eks.amazonaws.com",
        "credentials": {
            "accessKeyId": "ASIA1", "secretAccessKey": "s<&>/", "sessionToken": "t",
            "expiration": FAR},
        "podIdentityAssociation": {"associationArn": "arn", "associationId": "a-1"},
        "subject": {"namespace": "default", "serviceAccount": "sa"},
        **changes}
    return {name: value for name, value in whole.items() if value is not None}


def credentials(**changes):
    return answer(credentials={**answer()["credentials"], **changes})


def without(path):
    """The whole answer without the member at a path."""
    whole = json.loads(json.dumps(answer()))
    place = whole
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return whole


BROKEN = ["truncated", "toolong", "followed", "unfinished", "nothing", "dripped", "endless"]
ERRORS = {
    "AccessDeniedException": 400, "InvalidParameterException": 400, "InvalidRequestException": 400,
    "InvalidTokenException": 400, "ExpiredTokenException": 400, "ResourceNotFoundException": 404,
    "ThrottlingException": 429, "InternalServerException": 500, "ServiceUnavailableException": 503,
    "WeirdException": 418,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        claims = body["token"].split(".")[1]
        try:
            claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        except ValueError:
            claims = {}
        what = (claims or {}).get("sub") or "ok"
        with self.server.lock:
            self.server.calls.setdefault(body["token"], []).append(
                (self.path, dict(self.headers.items())))
            number = len(self.server.calls[body["token"]])
            self.server.came.put(body["token"])
            what = self.server.changed.get(what, what)
        name, _, rest = what.partition("/")
        if name in ERRORS:
            status = int(rest or ERRORS[name])
            return self.reply(
                status, json.dumps({"message": "M"}).encode(), {"x-amzn-ErrorType": name + ":http"},
                f"id-{number}")
        if name == "html":
            return self.reply(500, b"<html>no</html>", {}, "id")
        if name == "notjson":
            return self.reply(200, b"hello", {}, "id")
        if name == "closed":
            self.close_connection = True
            return None
        if name == "hang" or name == "hangonce" and number == 1:
            self.connection.settimeout(20)
            try:
                self.rfile.read(1)  # until the agent hangs up
                self.server.left.put(body["token"])
            except OSError:
                pass
            self.close_connection = True
            return None
        if name == "status":
            return self.reply(int(rest), b"{}", {}, "id")
        if name == "code":
            return self.reply(400, b"{}", {"x-amzn-ErrorType": rest}, "id")
        if name == "informational":
            return self.informational(int(rest))
        if name in BROKEN:
            return self.broken(name, json.dumps(answer()).encode())
        if name == "gzip":
            # `rest`: how hard it is compressed; 0 stores.
            packed = gzip.compress(json.dumps(answer(padding="x" * 5000)).encode(), int(rest))
            return self.reply(200, packed, {"Content-Encoding": "gzip"}, "id")
        if name == "without":
            return self.reply(200, json.dumps(without(rest.split("."))).encode(), {}, "id")
        if name == "slow":
            time.sleep(float(rest))
            name, rest = self.server.changed.get("slow", "ok"), ""
            if name in ERRORS:
                return self.reply(ERRORS[name], b'{"message":"M"}', {"x-amzn-ErrorType": name}, "id")
        if name == "late":
            time.sleep(0.3)  # the agent waits for a second, of which a busy machine needs some
        answers = {
            "empty": {}, "noassociation": answer(podIdentityAssociation=None),
            "badarn": answer(assumedRoleUser={"arn": "nonsense", "assumeRoleId": "x"}),
            "fraction": credentials(expiration=FAR + 0.25),
            "milliseconds": credentials(expiration=FAR * 1000),
            "millisecond": credentials(expiration=FAR + 0.123),
            "huge": credentials(expiration=1e300),
            "least": credentials(expiration=-(1 << 63)),
            "wrapped": credentials(expiration=1_800_000_000_000),
            "infinite": credentials(expiration=10 ** 400),
            "quoted": credentials(expiration=str(FAR)),
            "soon": credentials(expiration=time.time() + 10),
            "short": credentials(expiration=time.time() + 15 + 4),
        }
        return self.reply(
            int(rest) if name == "ok" and rest else 200,
            json.dumps(answers.get(name, answer())).encode(), {}, "id")

    def broken(self, name, body):
        """200s that are not what they announce."""
        length, piece, drip = {
            "truncated": (len(body), body[:len(body) // 2], None),
            "toolong": (len(body) + 50, body, None),
            "followed": (len(body) + 5, body + b"trail", None),
            "unfinished": (len(body) - 3, body[:-3], None),
            "nothing": (0, b"", None),
            "dripped": (len(body), body[:9], body[9:]),
            "endless": (1 << 40, b'{"x":"', b"a" * 4096),
        }[name]
        self.send_response_only(200)
        for field, value in {"Content-Type": "application/json", "x-amzn-RequestId": "id",
                             "Content-Length": str(length)}.items():
            self.send_header(field, value)
        self.end_headers()
        self.wfile.write(piece)
        self.close_connection = length > len(piece)
        try:
            while drip and not self.server.released.wait(0.05):
                self.wfile.write(drip if name == "endless" else drip[:1])
        except OSError:
            pass  # the agent has hung up

    def informational(self, status):
        """An answer that is none to a POST."""
        self.wfile.write(f"HTTP/1.1 {status} X\r\nx-amzn-RequestId: id\r\n\r\n".encode())
        self.close_connection = True

    def reply(self, status, body, headers, request_id):
        self.send_response_only(status)
        for name, value in {
                "Content-Type": "application/json", "x-amzn-RequestId": request_id,
                "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Stub(ThreadingHTTPServer):
    """`calls` by token; `changed` turns one answer into another from now on; `came` and `left` are the
    tokens that came, and those of hanging calls that were hung up on."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls, self.changed = {}, {}
        self.came, self.left = queue.SimpleQueue(), queue.SimpleQueue()
        self.lock, self.released = threading.Lock(), threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()
