"""node-agent while EKS Auth is slow or down, and with clients that give up, beside what AWS's agent does.
"""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import until
from eks_auth_stub import Stub, bound, token
from servers import Servers
from test_agent import GOOD, HOST, Agent


@pytest.fixture(params=["0.1", "0.2"])
def agent(request, tmp_path):
    stub = Stub()
    with Servers(tmp_path) as servers:
        ready = servers.agent_alone(
            stub.url, "--strict-host", "--rate-limit", "off", "--agent-generation", request.param,
            "--metrics-listen", servers.address("metrics"))
        agent = Agent(ready["listen"][0], stub)
        agent.metrics = f"http://{servers.address('metrics')}/metrics"
        yield agent
    stub.stop()


def calls(agent, text):
    return len(agent.stub.calls.get(text, []))


def request(text, more=""):
    return f"GET /v1/credentials HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {text}\r\n{more}\r\n".encode()


def test_who_hangs_up_cancels_the_call_and_the_next_try_asks_anew(agent):
    """As a client whose limit is a second: it hangs up, and its second try must not wait for the first
    one's further tries."""
    text = token(bound({"sub": "hangonce"}))
    with socket.create_connection(agent.address) as line:
        line.sendall(request(text))
        assert agent.stub.came.get(timeout=20) == text
    assert agent.stub.left.get(timeout=20) == text
    # AWS's agent counts it as an error, though nobody is there to read it.
    until(lambda: 'pod_identity_http_response{code="500"} 1' in requests.get(agent.metrics).text)
    start = time.monotonic()
    assert agent.ask(text)[0] == 200
    assert time.monotonic() - start < 5 and calls(agent, text) == 2


def test_who_shuts_down_a_half_gets_an_error_at_once(agent):
    text = token(bound({"sub": "hang"}))
    with socket.create_connection(agent.address, timeout=20) as line:
        line.sendall(request(text))
        assert agent.stub.came.get(timeout=20) == text
        line.shutdown(socket.SHUT_WR)
        answer = line.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 500 ") and answer.endswith("\r\n\r\n[]\n")
    assert calls(agent, text) == 1


def at_once(agent, text, count):
    """Status and seconds of so many requests with one token."""
    def ask(_):
        start = time.monotonic()
        status = agent.ask(text)[0]
        return status, time.monotonic() - start

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


def test_waiters_share_a_success_and_ask_themselves_after_a_failure(agent):
    text = token(bound({"sub": "slow/0.3", "n": 1}))
    got = at_once(agent, text, 10)
    assert {status for status, _ in got} == {200} and calls(agent, text) == 1
    agent.stub.changed["slow"] = "AccessDeniedException"
    text = token(bound({"sub": "slow/0.3", "n": 2}))
    got = at_once(agent, text, 10)
    assert {status for status, _ in got} == {400} and calls(agent, text) == 10
    seconds = sorted(taken for _, taken in got)
    # One after another, and all the rest after 1.8 s of waiting.
    assert seconds[0] < 1.2 and 1.8 < seconds[-1] < 10, seconds


def test_in_a_long_outage_each_call_is_one_try(agent):
    """The quota: 500 tokens, 5 a further try; after that a failure is told at once."""
    texts = [token(bound({"sub": "html", "n": number})) for number in range(120)]
    with ThreadPoolExecutor(60) as pool:
        assert {got[0] for got in pool.map(agent.ask, texts)} == {500}
    tries = [calls(agent, text) for text in texts]
    assert sum(tries) == 220 and set(tries) <= {1, 2, 3}, tries
    text = token(bound({"sub": "html", "n": "later"}))
    assert agent.ask(text)[0] == 500 and calls(agent, text) == 1
    # Each success gives a token back: five are one further try.
    for number in range(5):
        assert agent.ask(token(bound({"sub": "ok", "n": number})))[0] == 200
    text = token(bound({"sub": "html", "n": "after"}))
    assert agent.ask(text)[0] == 500 and calls(agent, text) == 2


def test_timeouts_cost_twice_as_much(agent):
    texts = [token(bound({"sub": "hang", "n": number})) for number in range(60)]
    with ThreadPoolExecutor(60) as pool:
        assert {(got[0], got[2]) for got in pool.map(agent.ask, texts)} == {(500, "[]\n")}
    assert sum(calls(agent, text) for text in texts) == 60 + 50


def test_endless_answers_hold_nothing(agent):
    """Neither for long nor much: each try ends after a second."""
    texts = [token(bound({"sub": "endless", "n": number})) for number in range(40)]
    start = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        assert {got[0] for got in pool.map(agent.ask, texts)} == {200}
    assert time.monotonic() - start < 30
    assert agent.ask(GOOD)[0] == 200


@pytest.mark.parametrize("agent", ["0.1"], indirect=True)
def test_idle_and_unfinished_connections_end_after_30_seconds(agent):
    """Kept alive, silent, with half a head and with half a body."""
    sent = {
        "idle": request(GOOD), "silent": b"", "half a head": request(GOOD)[:-4],
        "half a body": request(GOOD, "Content-Length: 9\r\n") + b"12"}

    def wait(item):
        name, text = item
        start = time.monotonic()
        with socket.create_connection(agent.address, timeout=60) as line:
            line.sendall(text)
            answer = line.makefile("rb").read().decode()
        return name, (re.findall(r"^HTTP/1.1 (\d+)", answer, re.MULTILINE), time.monotonic() - start)

    with ThreadPoolExecutor(4) as pool:
        ended = dict(pool.map(wait, sent.items()))
    assert {name: statuses for name, (statuses, _) in ended.items()} == {
        "idle": ["200"], "silent": [], "half a head": ["408"], "half a body": ["408"]}
    assert all(29 < seconds < 40 for _, seconds in ended.values()), ended


def test_a_client_with_a_limit_of_a_second_gets_through_at_its_second_try(agent, monkeypatch, tmp_path):
    """botocore's own provider, with the limit of a second that other SDKs have."""
    from botocore.credentials import ContainerProvider
    from botocore.utils import ContainerMetadataFetcher

    text = token(bound({"sub": "hangonce", "n": "botocore"}))
    (tmp_path / "token").write_text(text)
    fetcher = ContainerMetadataFetcher()
    fetcher.TIMEOUT_SECONDS = 1
    host, port = agent.address
    environment = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{host}:{port}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token")}
    # The agent is strict about the host that it is called by.
    fetcher._session.send = with_host(fetcher._session.send)
    found = ContainerProvider(environ=environment, fetcher=fetcher).load()
    assert found.access_key == "ASIA1" and found.token == "t"
    assert calls(agent, text) == 2


def with_host(send):
    def sending(prepared):
        prepared.headers["Host"] = HOST
        return send(prepared)
    return sending
