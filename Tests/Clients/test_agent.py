"""node-agent beside what AWS's agent was seen to answer: status, every field, exact body.

The program runs with --strict-host and its usual rate, against a stub in EKS Auth's place, as
AWS's agent 0.1 and as 0.2, which takes tokens of pods alone.
"""

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from eks_auth_stub import ERRORS, FAR, Stub, bound, token
from servers import Servers

HOST = "169.254.170.23"
PATH = "/v1/credentials"
GOOD = token(bound({"exp": FAR}))
BODY = ('{"AccessKeyId":"ASIA1","SecretAccessKey":"s\\u003c\\u0026\\u003e/","Token":"t",'
        '"AccountId":"123456789012","Expiration":"%s"}')
OK = BODY % "2100-01-01T00:00:00Z"
JSON = {"content-type": "application/json"}
TEXT = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
MALFORMED = "Service account token cannot be parsed: token is malformed: "
CLAIM = MALFORMED + "could not JSON decode claim: "
BASE64 = MALFORMED + "could not base64 decode header: illegal base64 data at input byte "
ALG = "Service account token cannot be parsed: token is unverifiable: signing method (alg) is "
TIMES = "Service account token failed basic claim validations: "
UNBOUND = ("failed to get pod uid from service account token: "
           "Service account token missing ")
EMPTY = "Service account token cannot be empty"
HOSTS = ("Access Denied. Called agent through invalid address, please use either "
         "[169.254.170.23 fd00:ec2::23] address not ")
NOT_FOUND = "404 page not found"
MOVED = {"content-type": "text/html; charset=utf-8", "location": PATH}
MOVED_BODY = f'<a href="{PATH}">Temporary Redirect</a>.\n\n'
NOW = int(time.time())


def good(name, **request):
    return (name, {"token": GOOD, **request}, 200, JSON, OK)


def passed(name, claims, header=None, signature="sig"):
    return (name, {"token": token(bound(claims), header, signature)}, 200, JSON, OK)


def unbound(name, claims, missing):
    """A token that 0.1 exchanges, and 0.2 refuses."""
    text = UNBOUND + missing + "\n"
    return (name, {"token": token(claims)}, {"0.1": 200, "0.2": 400},
            {"0.1": JSON, "0.2": TEXT}, {"0.1": OK, "0.2": text})


def refused(name, text, reason):
    return (name, {"token": text}, 400, TEXT, reason + "\n")


def host(name, value, shown):
    return (name, {"token": GOOD, "host": value}, 403, TEXT, f"{HOSTS}{shown}\n")


def upstream(name, status, body, headers=TEXT):
    return (f"EKS Auth: {name}", {"token": token(bound({"sub": name}))}, status, headers, body)


DEEP = json.loads("[" * 900 + "]" * 900)

CASES = [
    good("GET"), good("POST", method="POST"), good("PUT", method="PUT"),
    good("DELETE", method="DELETE"), good("PATCH", method="PATCH"),
    good("OPTIONS", method="OPTIONS"), good("get in small letters", method="get"),
    ("HEAD", {"token": GOOD, "method": "HEAD"}, 200, JSON, ""),
    ("CONNECT", {"token": GOOD, "method": "CONNECT"}, 404, TEXT, NOT_FOUND + "\n"),
    ("OPTIONS *", {"token": GOOD, "method": "OPTIONS", "target": "*"}, 200, {}, ""),
    good("a query", target=PATH + "?a=b"), good("an escape", target="/v1/%63redentials"),
    good("HTTP/1.0", version="HTTP/1.0"),
    ("HTTP/1.0 kept", {"token": GOOD, "version": "HTTP/1.0", "fields": "Connection: keep-alive\r\n"},
     200, {**JSON, "connection": "keep-alive"}, OK),
    good("blanks round the token", token=f" \t {GOOD} "),
    good("two tokens: the first", fields="Authorization: nonsense\r\n"),
    good("an absolute target", target=f"http://{HOST}{PATH}", host="evil.example"),
    ("an absolute target for another host", {"token": GOOD, "target": "http://evil.example" + PATH},
     403, TEXT, f"{HOSTS}evil.example\n"),
    *[(f"no such path: {path}", {"token": GOOD, "target": path}, 404, TEXT, NOT_FOUND + "\n")
      for path in [PATH + "/", "/v1", "/", "/v1/Credentials", "/healthz", "/readyz", "/metrics",
                   "/v2/credentials", "/v1/credentials/x"]],
    *[(f"not clean: {path}", {"token": GOOD, "target": path}, 307, MOVED, MOVED_BODY)
      for path in ["//v1/credentials", "/v1//credentials", "/v1/../v1/credentials",
                   "/v1/./credentials", "/../v1/credentials"]],
    # Tokens that are refused.
    refused("no token", None, EMPTY), refused("an empty token", "", EMPTY),
    *[refused(f"{name}", text, MALFORMED + "token contains an invalid number of segments")
      for name, text in [("one part", "abc"), ("two parts", "a.b"), ("four parts", "a.b.c.d"),
                         ("five parts", "a.b.c.d.e")]],
    refused("three letters", "a.b.c", BASE64 + "0"),
    refused("Bearer in front", "Bearer " + GOOD, BASE64 + "6"),
    refused("padding", "eyJhbGciOiJSUzI1NiIsImtpZCI6ImFiYyJ=.e30.x", BASE64 + "35"),
    refused("a plus sign in the claims", "eyJhbGciOiJSUzI1NiJ9.e3+0.x",
            MALFORMED + "could not base64 decode claim: illegal base64 data at input byte 2"),
    refused("a slash in the claims", "eyJhbGciOiJSUzI1NiJ9.e30/.x",
            MALFORMED + "could not base64 decode claim: illegal base64 data at input byte 3"),
    refused("claims: a list", token([]),
            CLAIM + "json: cannot unmarshal array into Go value of type jwt.RegisteredClaims"),
    refused("aud: a number", token({"aud": 5}), CLAIM + "invalid type for claim"),
    refused("header: no JSON", token({}, "notjson"), MALFORMED + "could not JSON decode header: "
            "invalid character 'o' in literal null (expecting 'u')"),
    refused("claims: no JSON", token("notjson"),
            CLAIM + "invalid character 'o' in literal null (expecting 'u')"),
    refused("exp: a text", token({"exp": "soon"}), CLAIM + "could not parse NumericData: json: "
            "cannot unmarshal string \"soon\" into Go value of type json.Number: invalid syntax"),
    refused("alg: unknown", token({}, {"alg": "XX1"}), ALG + "unavailable"),
    refused("alg: absent", token({}, {}), ALG + "unspecified"),
    refused("alg: a number", token({}, {"alg": 5}), ALG + "unspecified"),
    refused("exp: a second ago", token({"exp": NOW - 1}), TIMES + "token is expired"),
    refused("exp: 0", token({"exp": 0}), TIMES + "token is expired"),
    refused("exp: negative", token({"exp": -5}), TIMES + "token is expired"),
    refused("nbf: ahead", token({"nbf": NOW + 86_400}), TIMES + "token is not valid yet"),
    refused("exp and nbf", token({"exp": 5, "nbf": NOW + 86_400}),
            TIMES + "token is expired, token is not valid yet"),
    # Tokens that pass: the signature is never looked at.
    *[passed(f"alg: {name}", {}, {"alg": name})
      for name in ["none", "HS256", "ES256", "PS256", "EdDSA"]],
    unbound("claims: null", "null", "kubernetes.io claims"),
    unbound("claims: empty", {}, "kubernetes.io claims"),
    unbound("bound to nothing", {"kubernetes.io": {"namespace": "ns"}}, "pod claims"),
    unbound("bound to a node", {"kubernetes.io": {"node": {"uid": "n"}}}, "pod claims"),
    unbound("bound to a pod without uid", {"kubernetes.io": {"pod": {"name": "p"}}}, "pod uid"),
    passed("claims: no others", {}), passed("aud: a text", {"aud": "x"}),
    passed("aud: another", {"aud": ["sts.amazonaws.com"]}), passed("no exp", {"iss": "x"}),
    passed("iat: ahead", {"iat": NOW + 9999}), passed("exp: with a fraction", {"exp": FAR + 0.5}),
    passed("signature: empty", {"x": 1}, signature=""),
    passed("signature: no base64", {"x": 2}, signature="!!"),
    # What no cluster issues, and Go reads all the same.
    passed("half a surrogate pair", {"x": "\ud800"}), passed("claims: 900 levels", {"x": DEEP}),
    passed("nbf: 1e300", {"nbf": 1e300}),
    *[refused(f"exp: {value}", token(bound({"exp": value})), TIMES + "token is expired")
      for value in [1e300, -1e300, 1 << 63]],
    refused("EXP: 1", token(bound({"EXP": 1})), TIMES + "token is expired"),
    passed("a token of 900 KB", {"x": "y" * 690_000}),
    # Hosts.
    *[good(f"host {value}", host=value)
      for value in [HOST + ":80", HOST + ":9", "[fd00:ec2::23]", "[fd00:ec2::23]:80"]],
    host("host 127.0.0.1", "127.0.0.1", "127.0.0.1"), host("host empty", "", ""),
    host("host with a dot behind", HOST + ".", HOST + "."),
    host("host localhost", "localhost:80", "localhost"),
    host("host written otherwise", "[fd00:ec2:0::23]", "fd00:ec2:0::23"),
    ("a wrong host before a missing token", {"token": None, "host": "a"}, 403, TEXT, HOSTS + "a\n"),
    ("no host", {"token": GOOD, "host": None}, 400,
     {"content-type": "text/plain; charset=utf-8", "connection": "close"},
     "400 Bad Request: missing required Host header"),
    ("a head of more than a megabyte", {"token": "a" * 1_200_000}, 431,
     {"content-type": "text/plain; charset=utf-8", "connection": "close"},
     "431 Request Header Fields Too Large"),
    # EKS Auth's failures.
    *[upstream(name, status, f"[id-1]: ({name}): M, fault: client\n")
      for name, status in ERRORS.items() if status < 410],
    upstream("AccessDeniedException/403", 403, "[id-1]: (AccessDeniedException): M, fault: client\n"),
    upstream("WeirdException", 418, "[id-1]: (WeirdException): M, fault: unknown\n"),
    upstream("ThrottlingException", 429, "[id-3]: (ThrottlingException): M, fault: client\n"),
    upstream("InternalServerException", 500, "[id-3]: (InternalServerException): M, fault: server\n"),
    upstream("ServiceUnavailableException", 503,
             "[id-3]: (ServiceUnavailableException): M, fault: server\n"),
    upstream("html", 500, "[id]\n"), upstream("notjson", 200, "[id]\n"),
    upstream("closed", 500, "[]\n"), upstream("hang", 500, "[]\n"),
    upstream("late", 200, OK, JSON),
    upstream("badarn", 500, "error getting credentials to cache: unable to parse arn from assumed "
             "role: arn: invalid prefix\n"),
    # By status only these four are tried again, by code also what came as 400.
    *[upstream(f"status/{status}", status,
               "[id]: (UnknownError): UnknownError, fault: unknown\n")
      for status in [400, 401, 408, 409, 425, 429, 499, 500, 501, 502, 503, 504, 505, 599]],
    *[upstream(f"code/{code}", 400, f"[id]: ({code}): UnknownError, fault: unknown\n")
      for code in ["Throttling", "SlowDown", "RequestTimeout", "RequestExpired", "slowdown", "Other"]],
    upstream("code/ThrottlingException", 400, "[id]: (ThrottlingException): , fault: client\n"),
    # What is no answer to a GET is not handed on.
    *[upstream(f"informational/{status}", 500, "[id]: (UnknownError): UnknownError, fault: unknown\n")
      for status in [101, 304]],
    # 200s that are broken or late.
    upstream("truncated", 200, "[id]\n"), upstream("unfinished", 200, "[id]\n"),
    upstream("dripped", 200, "[id]\n"), upstream("endless", 200, "[id]\n"),
    upstream("toolong", 200, OK, JSON), upstream("followed", 200, OK, JSON),
    *[upstream(f"gzip/{level}", 200, OK, JSON) for level in [0, 1, 9]],
    upstream("ok/201", 200, OK, JSON), upstream("ok/206", 200, OK, JSON),
    # Members that AWS's agent dies over: the connection ends without an answer.
    *[upstream(name, None, None) for name in [
        "noassociation", *[f"without/{path}" for path in [
            "credentials.accessKeyId", "credentials.secretAccessKey", "credentials.sessionToken",
            "credentials.expiration", "assumedRoleUser.arn", "assumedRoleUser.assumeRoleId",
            "podIdentityAssociation.associationId"]]]],
    # Expirations: what 64 bits of nanoseconds do not hold wraps round, as in AWS's SDK.
    upstream("milliseconds", 200, BODY % "2200-04-20T22:07:16.479541248Z", JSON),
    upstream("quoted", 200, "[id]\n"), upstream("infinite", 200, "[id]\n"),
    upstream("fraction", 200, BODY % "2100-01-01T00:00:00.25Z", JSON),
    upstream("millisecond", 200, BODY % "2100-01-01T00:00:00.123Z", JSON),
]


class Agent:
    def __init__(self, url, stub):
        self.address, self.stub = tuple(url.removeprefix("http://").split(":")), stub

    def ask(self, token=None, method="GET", target=PATH, version="HTTP/1.1", host=HOST, fields=""):
        """Status, fields and body, as they were on the wire; None where there is no answer."""
        head = f"{method} {target} {version}\r\n"
        head += "" if host is None else f"Host: {host}\r\n"
        head += "" if token is None else f"Authorization: {token}\r\n"
        with socket.create_connection(self.address, timeout=60) as line:
            line.sendall(f"{head}{fields}\r\n".encode())
            stream = line.makefile("rb")
            first = stream.readline().decode()
            if not first:
                return None
            assert first.startswith(version + " ")
            lines = iter(lambda: stream.readline().decode().rstrip("\r\n"), "")
            own = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
            size = 0 if method == "HEAD" else int(own["content-length"])
            return int(first.split(" ")[1]), own, stream.read(size).decode()


@pytest.fixture(scope="module", params=["0.1", "0.2"])
def agent(request, tmp_path_factory):
    stub = Stub()
    with Servers(tmp_path_factory.mktemp("agent")) as servers:
        ready = servers.agent_alone(
            stub.url, "--strict-host", "--agent-generation", request.param)
        agent = Agent(ready["listen"][0], stub)
        agent.generation = request.param
        yield agent
    stub.stop()


# How often EKS Auth is asked, by what it answers.
CALLS = {
    **{name: 3 if status == 429 or status in (500, 503) else 1 for name, status in ERRORS.items()},
    **{f"status/{status}": 3 if status in (500, 502, 503, 504) else 1
       for status in [400, 401, 408, 409, 425, 429, 499, 500, 501, 502, 503, 504, 505, 599]},
    **{f"code/{code}": 3 for code in [
        "Throttling", "SlowDown", "RequestTimeout", "RequestExpired", "ThrottlingException"]},
    "code/slowdown": 1, "code/Other": 1, "informational/101": 1, "informational/304": 1,
    "html": 3, "notjson": 1, "closed": 3, "hang": 3, "badarn": 1, "truncated": 3, "unfinished": 3,
    "dripped": 3, "endless": 3, "toolong": 1, "followed": 1, "quoted": 1, "infinite": 1,
    "noassociation": 1, "without/credentials.accessKeyId": 1}


def of(value, generation):
    """The value of a generation, where they differ."""
    return value[generation] if isinstance(value, dict) and set(value) == {"0.1", "0.2"} else value


@pytest.fixture(scope="module")
def answers(agent):
    """What each case got, and how often EKS Auth was asked; all at once: some take seconds."""
    assert len({name for name, *_ in CASES}) == len(CASES) >= 90

    def ask(case):
        name, request, status, _, body = (of(value, agent.generation) for value in case)
        what = name.removeprefix("EKS Auth: ")
        for attempt in range(3):
            got = agent.ask(**request)
            asked = calls(agent, request["token"]) if what in CALLS else None
            wanted = asked == CALLS.get(what) and (
                got is None if status is None else got and (got[0], got[2]) == (status, body))
            if wanted or what == name:
                break
            # A machine that stood still for the agent's one second made it ask again: another token
            # is another call.
            request = {"token": token(bound({"sub": what, "n": attempt}))}
        return name, (got, asked)

    with ThreadPoolExecutor(16) as pool:
        return dict(pool.map(ask, CASES))


@pytest.mark.parametrize("name, request_, status, fields, body", CASES, ids=[c[0] for c in CASES])
def test_answer(agent, answers, name, request_, status, fields, body):
    got, _ = answers[name]
    status, fields, body = (of(value, agent.generation) for value in (status, fields, body))
    if status is None:
        assert got is None
        return
    assert got is not None and (got[0], got[2]) == (status, body), got
    own = dict(got[1])
    date, length = own.pop("date"), int(own.pop("content-length"))
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date)
    assert length == len(body) or request_.get("method") == "HEAD"
    assert own == fields


def test_an_empty_answer_is_named(agent):
    for what in ["empty", "nothing"]:
        status, _, body = agent.ask(token(bound({"sub": what})))
        assert status == 500 and body.startswith(
            "error getting credentials to cache: invalid response from server: credentials or "
            "assumed role empty")


@pytest.mark.parametrize("what, left", [
    ("huge", "-1"), ("least", "-1"), ("wrapped", "-9")])
def test_expirations_that_are_no_times_are_past(agent, what, left):
    status, _, body = agent.ask(token(bound({"sub": what})))
    assert status == 500 and re.fullmatch(
        r"fetched credentials are expired or will expire within the next " + left
        + r"\d+\.\d\d seconds\n", body)


def test_credentials_that_nearly_expired_are_named(agent):
    status, _, body = agent.ask(token(bound({"sub": "soon"})))
    assert status == 500 and re.fullmatch(
        r"fetched credentials are expired or will expire within the next (\d\.\d\d|10\.00) seconds\n",
        body)


def calls(agent, text):
    return len(agent.stub.calls.get(text, []))


def test_how_often_eks_auth_is_asked(answers):
    assert {name: answers[f"EKS Auth: {name}"][1] for name in CALLS} == CALLS


def test_what_eks_auth_is_sent(agent):
    text = token(bound({"x": "sent"}))
    agent.ask(text)
    path, fields = agent.stub.calls[text][0]
    assert path == "/clusters/local/assume-role-for-pod-identity"
    assert fields["Content-Type"] == "application/json"
    assert fields["Accept-Encoding"] == "gzip"
    assert fields["Amz-Sdk-Request"] == "attempt=1; max=3"
    assert re.fullmatch(r"[0-9a-f-]{36}", fields["Amz-Sdk-Invocation-Id"])
    assert "/us-east-1/eks-auth/aws4_request" in fields["Authorization"]
    assert not [name for name in fields if name.lower() == "x-amz-content-sha256"]


def test_the_cache(agent):
    text = token(bound({"sub": "cached", "exp": NOW + 4000}))
    first, second = agent.ask(text), agent.ask(text)
    assert first[0] == second[0] == 200 and first[2] == second[2] and calls(agent, text) == 1
    agent.stub.changed["cached"] = "AccessDeniedException"
    assert agent.ask(text)[0] == 200, "a hit stays a hit"
    # Nobody here knows the cluster's keys, so that 0.2 asks as well.
    other = text[:-3] + "two"
    assert agent.ask(other)[0] == 400, "another signature is another entry"
    assert agent.ask(other)[0] == 400 and calls(agent, other) == 2, "errors are not kept"


def test_credentials_are_fetched_anew_with_15_seconds_left(agent):
    text = token(bound({"sub": "short"}))
    assert agent.ask(text)[0] == 200
    deadline = time.monotonic() + 20
    while calls(agent, text) == 1 and time.monotonic() < deadline:
        agent.ask(text)
        time.sleep(0.05)  # the rate is limited
    assert calls(agent, text) == 2


def test_twenty_at_once_are_one_call(agent):
    text = token(bound({"sub": "late", "x": "twenty"}))
    with ThreadPoolExecutor(20) as pool:
        assert {a[0] for a in pool.map(lambda _: agent.ask(text), range(20))} == {200}
    assert calls(agent, text) == 1


def test_the_rate_is_limited(tmp_path):
    stub = Stub()
    with Servers(tmp_path) as servers:
        # Five at once and ten a second: so few that even a slow machine asks too fast.
        ready = servers.agent_alone(stub.url, "--strict-host", "--rate-limit", "10")
        limited = Agent(ready["listen"][0], stub)
        got = [limited.ask(GOOD) for _ in range(60)]
        refused = [answer for answer in got if answer[0] == 429]
        assert refused and refused[0][2] == "Too Many Requests\n"
        assert {k: refused[0][1][k] for k in TEXT} == TEXT
        assert [answer[0] for answer in got[:5]] == [200] * 5
    stub.stop()
