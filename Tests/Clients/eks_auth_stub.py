"""An EKS Auth for tests of the agent alone: what it answers stands in the token's `sub`."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAR = 4102444800  # 2100-01-01T00:00:00Z


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
        if name == "hang":
            self.server.released.wait(20)
            self.close_connection = True
            return None
        if name == "late":
            time.sleep(0.3)  # the agent waits for a second, of which a busy machine needs some
        answers = {
            "empty": {}, "noassociation": answer(podIdentityAssociation=None),
            "badarn": answer(assumedRoleUser={"arn": "nonsense", "assumeRoleId": "x"}),
            "fraction": credentials(expiration=FAR + 0.25),
            "soon": credentials(expiration=time.time() + 10),
            "short": credentials(expiration=time.time() + 15 + 4),
        }
        return self.reply(200, json.dumps(answers.get(name, answer())).encode(), {}, "id")

    def reply(self, status, body, headers, request_id):
        self.send_response_only(status)
        for name, value in {
                "Content-Type": "application/json", "x-amzn-RequestId": request_id,
                "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Stub(ThreadingHTTPServer):
    """`calls` by token; `changed` turns one answer into another from now on."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls, self.changed = {}, {}
        self.lock, self.released = threading.Lock(), threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()
