"""What a web page, a rebound name or a thief of nothing would send: a table, every row refused.

Each row goes over a raw socket to a port, with a Host of its own where it has one.
"""

import itertools
from urllib.parse import urlsplit

import pytest
from test_http import Line

# Port, a path that answers there when asked rightly, and the method.
PORTS = {
    "kubernetes": ("kubernetes", "url", "/version", "GET"),
    "aws": ("aws", "url", "/clusters", "GET"), "s3": ("s3", "url", "/", "GET"),
    "kubernetes-admin": ("kubernetes", "admin", "/healthz", "GET"),
    "aws-admin": ("aws", "admin", "/healthz", "GET"),
    "agent-admin": ("agent", "admin", "/healthz", "GET"),
    "probe": ("agent", "probe", "/healthz", "GET"), "metrics": ("agent", "metrics", "/metrics", "GET"),
    "agent": ("agent", "agent", "/v1/credentials", "GET"),
}
FOREIGN_HOSTS = [
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example",
    "127.0.0.1@evil.example", "evil.example.", "169.254.169.254", "[::2]:{port}", "0.0.0.0",
    "127.0.0.1, evil.example", "evil.example#localhost", "xn--lcalhost-64a",
]
PAGES = [
    "Origin: https://evil.example", "Origin: null", "Origin: http://127.0.0.1:1",
    "Origin: http://localhost.evil.example", "Origin: file://", "Origin:",
    "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: Cross-Site",
    "Origin: https://evil.example\r\nSec-Fetch-Site: same-origin",
]
ADMIN_TOKENS = [
    "", "Authorization: Bearer", "Authorization: Bearer ", "Authorization: Bearer x",
    "Authorization: Bearer " + "x" * 43, "Authorization: Basic dGVzdDp0ZXN0",
    "Authorization: {token}", "Authorization: Bearer {token}x", "Authorization: Bearer {short}",
    "Authorization: Basic {token}", "Cookie: token={token}", "X-Admin-Token: {token}",
    "Authorization: Bearer x\r\nAuthorization: Bearer {token}",
]
ADMIN_PATHS = [
    ("GET", "/events"), ("GET", "/events?follow=1"), ("GET", "/clock"), ("PUT", "/clock"),
    ("POST", "/reset"), ("POST", "/flush"), ("GET", "/nosuch"), ("GET", "/events?token={token}"),
    ("GET", "/healthz/../events"), ("GET", "//events"), ("GET", "/%65vents"),
]


def rows():
    for port, host in itertools.product(PORTS, FOREIGN_HOSTS):
        _, _, path, method = PORTS[port]
        yield f"host {host} on {port}", port, method, path, host, "", (400, 403)
    for port in PORTS:
        _, _, path, method = PORTS[port]
        yield (f"absolute target on {port}", port, method, "http://evil.example" + path, None, "",
               (400, 403))
    for port, page, method in itertools.product(PORTS, PAGES, ("GET", "POST", "OPTIONS")):
        yield (f"{method} with {page!r} on {port}", port, method, PORTS[port][2], None, page, (403,))
    for name, (method, path), field in itertools.product(
            ("kubernetes-admin", "aws-admin", "agent-admin"), ADMIN_PATHS, ADMIN_TOKENS):
        yield (f"{method} {path} with {field!r} on {name}", name, method, path, None, field,
               (400, 401, 404, 405))


ROWS = list(rows())


def line(stack, port):
    part, key, _, _ = PORTS[port]
    if part != "agent" or key != "agent":
        return Line(stack, part, key)
    return Line({"agent": {"url": stack["agent"]["url"].removesuffix("/v1/credentials")},
                 "kubernetes": stack["kubernetes"]}, "agent", "url")


def ask(stack, port, method, target, host, field):
    with line(stack, port) as one:
        name = one.socket.getpeername()
        own = f"{name[0]}:{name[1]}"
        fill = {"port": str(name[1]), "token": stack["adminToken"], "short": stack["adminToken"][:-1]}

        def filled(text):
            for key, value in fill.items():
                text = text.replace("{" + key + "}", value)
            return text

        message = f"{method} {filled(target)} HTTP/1.1\r\nHost: {filled(host or own)}\r\n"
        message += f"{filled(field)}\r\n" if field else ""
        if method in ("POST", "PUT"):
            message += "Content-Length: 0\r\n"
        one.socket.sendall((message + "Connection: close\r\n\r\n").encode("latin-1"))
        return one.answer()


def test_rows_are_refused(stack):
    """All rows in one test: there are hundreds, and a stack is started once."""
    wrong = []
    for name, port, method, target, host, field, statuses in ROWS:
        answer = ask(stack, port, method, target, host, field)
        if not answer or answer[0] not in statuses:
            wrong.append(f"{name}: {answer and answer[0]}, not one of {statuses}")
        elif "access-control-" in answer[1]:
            wrong.append(f"{name}: CORS fields {answer[1]}")
    assert not wrong, f"{len(wrong)} of {len(ROWS)}\n" + "\n".join(wrong)
    assert len(ROWS) >= 700


def test_each_port_answers_when_asked_rightly(stack):
    """The table would be green against ports that refuse everything."""
    for port, (_, _, path, method) in PORTS.items():
        answer = ask(stack, port, method, path, None, "")
        expected = {"aws": (400, 403), "agent": (400,)}.get(port, (200, 403))
        assert answer[0] in expected and "does not answer for the host" not in answer[2].decode(), port
    right = "Authorization: Bearer {token}"
    for name in ("kubernetes-admin", "aws-admin", "agent-admin"):
        assert ask(stack, name, "GET", "/clock", None, right)[0] == 200


PRESIGNED = [
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/s3-reader-role",
                            "RoleSessionName": "attack"}),
    ("iam", "create_role", {"RoleName": "made", "AssumeRolePolicyDocument": "{}"}),
    ("iam", "delete_role", {"RoleName": "s3-reader-role"}),
    ("iam", "get_role", {"RoleName": "s3-reader-role"}),
    ("iam", "list_roles", {}),
    ("iam", "put_role_policy", {"RoleName": "s3-reader-role", "PolicyName": "p",
                                "PolicyDocument": "{}"}),
    ("eks", "list_clusters", {}), ("eks", "describe_cluster", {"name": "local"}),
    ("eks", "list_pod_identity_associations", {"clusterName": "local"}),
    ("eks", "delete_pod_identity_association", {"clusterName": "local", "associationId": "a-x"}),
]


@pytest.mark.parametrize("service, action, parameters", PRESIGNED, ids=[p[1] for p in PRESIGNED])
def test_presigned_requests_work_only_where_aws_presigns(stack, service, action, parameters):
    """A link in a page is a GET: it may not act."""
    client = stack.client(service)
    url = urlsplit(client.generate_presigned_url(action, Params=parameters))
    for method in ("GET", "POST"):
        with Line(stack, "aws", "url") as one:
            one.socket.sendall(
                f"{method} {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n"
                "Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            status, _, body = one.answer()
        assert 400 <= status < 500, (method, status, body)
    assert stack.client("iam").get_role(RoleName="s3-reader-role")
