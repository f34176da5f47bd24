"""aws-api fetches no keys from link-local addresses, in a network namespace where they answer."""

import json
import os
import subprocess

import pytest
from conftest import BIN, clean_environment

# The pod's token need not verify: keys are fetched before.
INSIDE = '''
import base64, json, os, socket, subprocess, sys, threading
import boto3
from botocore.config import Config

came = []
def listen(family, address):
    listener = socket.socket(family)
    listener.bind((address, 8099))
    listener.listen()
    def serve():
        while True:
            connection, _ = listener.accept()
            came.append(address)
            connection.recv(4096)
            body = b'{"keys": []}'
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
            connection.close()
    threading.Thread(target=serve, daemon=True).start()

listen(socket.AF_INET, "169.254.169.254")
listen(socket.AF_INET, "127.0.0.1")
urls = json.loads(sys.argv[2])
words = [sys.argv[1], "--state", "state"]
for flag in ["listen", "admin-listen", "s3-listen"]:
    words += ["--" + flag, "127.0.0.1:0"]
for name, url in urls.items():
    words += ["--cluster", f"{name}=https://issuer.example,jwks={url}"]
server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
address = json.loads(server.stdout.readline())["listen"][0]
part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
token = f"{part({'alg': 'RS256', 'kid': 'k'})}.{part({'iss': 'x'})}.c2ln"
client = boto3.client(
    "eks-auth", endpoint_url=address, region_name="us-east-1", aws_access_key_id="test",
    aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
answers = {}
for name in urls:
    before = len(came)
    try:
        client.assume_role_for_pod_identity(clusterName=name, token=token)
        code = "none"
    except Exception as error:
        code = error.response["Error"]["Code"]
    answers[name] = [code, len(came) - before]
server.terminate()
server.wait()
print(json.dumps(answers))
'''


@pytest.fixture
def ask(tmp_path):
    """The error and the number of connections for each cluster, whose keys are at a URL."""
    unshare = ["unshare", "-n" if os.geteuid() == 0 else "-rn"]
    program = tmp_path / "inside.py"
    program.write_text(INSIDE)

    def run(urls):
        set_up = "ip link set lo up && ip addr add 169.254.169.254/32 dev lo && exec "
        probe = subprocess.run([*unshare, "sh", "-c", set_up + "true"], capture_output=True)
        if probe.returncode != 0:
            pytest.skip("no network namespace on this machine: link-local keys untested")
        done = subprocess.run(
            [*unshare, "sh", "-c", set_up + 'python3 inside.py "$@"', "sh", str(BIN / "aws-api"),
             json.dumps(urls)],
            env=clean_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True,
            timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_no_spelling_of_a_link_local_address_is_asked(ask):
    hosts = {
        "dotted": "169.254.169.254", "number": "2852039166", "hex": "0xA9FEA9FE",
        "octal": "0251.0376.0251.0376", "short": "169.254.43518", "mixed": "0xA9.254.0251.254",
        "mapped": "[::ffff:169.254.169.254]", "nat64": "[64:ff9b::a9fe:a9fe]",
        "sixtofour": "[2002:a9fe:a9fe::1]", "name": "metadata.test",
        "loopback": "127.0.0.1",
    }
    urls = {name: f"http://{host}:8099/keys" for name, host in hosts.items()}
    answers = ask(urls)
    assert answers.pop("loopback") == ["InvalidTokenException", 1]
    assert answers == {name: ["ServiceUnavailableException", 0] for name in answers}
