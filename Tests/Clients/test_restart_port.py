"""A server that restarts by itself keeps its ports, and `podid status` knows who answers."""

import errno
import json
import os
import signal
import socket
import threading

import pytest
import requests
from conftest import PODID, clean_environment, command, until


def port_of(url):
    return int(url.rpartition(":")[2])


def taken(port, reuse):
    """A listener of somebody else's on that port, where one can be had."""
    stranger = socket.socket()
    if reuse:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        stranger.bind(("127.0.0.1", port))
        stranger.listen(16)
    except OSError as error:
        stranger.close()
        assert error.errno == errno.EADDRINUSE
        return None
    return stranger


def test_nobody_gets_the_ports_of_a_server_that_restarts(own_stack):
    urls = [own_stack["aws"]["url"], own_stack["s3"]["url"], own_stack["aws"]["admin"]]
    own_stack.podid("fault", "add", "restart", "--operation", "GetCallerIdentity", "--count", "1",
                    "--duration", "1s")
    ports = [port_of(url) for url in urls]
    got, refused = [], set()
    is_over = threading.Event()

    def grab():
        while not is_over.is_set():
            for port in ports:
                for reuse in (True, False):
                    if stranger := taken(port, reuse):
                        got.append(stranger)
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=2).close()
                except ConnectionRefusedError:
                    refused.add(port)
                except OSError:
                    pass  # reset amid the restart

    thread = threading.Thread(target=grab)
    thread.start()
    try:
        with pytest.raises(requests.RequestException):
            requests.get(sign(own_stack), timeout=5)  # the call that restarts the server
        until(lambda: len(refused) == len(ports) or got)

        def answers():
            try:
                return requests.get(urls[2] + "/healthz", timeout=2).json()
            except requests.RequestException:
                return None

        health = until(lambda: got or answers())
    finally:
        is_over.set()
        thread.join()
        for stranger in got:
            stranger.close()
    assert not got, "somebody else listens on a port of the stack"
    # While it was away it refused, as a server that is gone does.
    assert refused == set(ports)
    assert (health["service"], health["pid"]) == ("aws-api", own_stack["aws"]["pid"])
    assert own_stack.aws("sts", "get-caller-identity").returncode == 0
    assert own_stack.podid("status").returncode == 0
    # And once more, with what it took over itself.
    own_stack.podid("fault", "add", "restart", "--operation", "GetCallerIdentity", "--count", "1")
    own_stack.aws("sts", "get-caller-identity")
    assert own_stack.podid("status").returncode == 0


def sign(stack):
    """A presigned GetCallerIdentity: one call, of which nothing is repeated."""
    return stack.client("sts").generate_presigned_url(
        "get_caller_identity", HttpMethod="GET")


def pretender(url, answer):
    """A program that answers /healthz as another one did."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    try:
        return HTTPServer(("127.0.0.1", port_of(url)), Handler)
    except OSError:
        return None  # who had the port before is not gone yet


def test_a_pid_that_has_ended_is_not_healthy(tmp_path):
    """Whoever takes its admin port answers with its pid."""
    environment = clean_environment(tmp_path)
    command([PODID, "up", "--detach", "--free-ports"], environment, True, cwd=tmp_path)
    info = json.loads((tmp_path / ".podid" / "stack.json").read_text())
    supervisor = json.loads(next((tmp_path / "xdg-state" / "podid").glob("stack-*")).read_text())
    os.kill(supervisor["pid"], signal.SIGKILL)
    pid = info["aws"]["pid"]
    os.kill(pid, signal.SIGKILL)
    server = until(
        lambda: pretender(info["aws"]["admin"], {"service": "aws-api", "pid": pid}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        done = command([PODID, "status", "--json"], environment, False, cwd=tmp_path)
        rows = {row["hop"]: row for row in json.loads(done.stdout)}
        assert done.returncode == 1
        assert rows["kubernetes-api"]["healthy"]
        assert not rows["aws-api"]["healthy"]
        assert f"process {pid}" in rows["aws-api"]["problem"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        command([PODID, "down"], environment, False, cwd=tmp_path)
