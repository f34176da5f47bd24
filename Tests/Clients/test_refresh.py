"""boto3 goes on through refreshes and rotations of its token while each server is killed.

PODID_REFRESHES asks for more than the usual number, with credentials that last a minute.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
from conftest import clean_environment
from crash_stores import ConfigMaps
from servers import Servers

REFRESHES = int(os.environ.get("PODID_REFRESHES", 8))
# The agent hands out no credentials with less than 15 s left.
LIFETIME = "60s" if "PODID_REFRESHES" in os.environ else "18s"
PROGRAM = """
import boto3, json, time
session = boto3.Session()
sts = session.client("sts")
while True:
    try:
        sts.get_caller_identity()
        print(json.dumps({"key": session.get_credentials().get_frozen_credentials().access_key}),
              flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
    time.sleep(0.1)
"""
TOKEN = "eks-pod-identity-token"
POD = {
    "metadata": {"name": "app"},
    "spec": {
        "serviceAccountName": "app", "containers": [{"name": "c", "image": "i"}],
        # A volume of that name is left alone by admission, which gives no less than ten minutes.
        "volumes": [{"name": TOKEN, "projected": {"sources": [{"serviceAccountToken": {
            "audience": "pods.eks.amazonaws.com", "expirationSeconds": 10, "path": TOKEN}}]}}],
    },
}


def set_up(servers):
    keys = dict(region_name="us-east-1", endpoint_url=servers.aws_url,
                aws_access_key_id="test", aws_secret_access_key="test")
    boto3.client("iam", **keys).create_role(
        RoleName="app", AssumeRolePolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"]}]}))
    boto3.client("eks", **keys).create_pod_identity_association(
        clusterName="local", namespace="default", serviceAccount="app",
        roleArn="arn:aws:iam::111122223333:role/app")
    maps = ConfigMaps(servers)
    for kind, body in [("serviceaccounts", {"metadata": {"name": "app"}}), ("pods", POD)]:
        answer = maps.session.post(
            f"{maps.root}/api/v1/namespaces/default/{kind}", json=body, timeout=60)
        assert answer.ok, answer.text


def issued(file):
    try:
        claims = file.read_text().split(".")[1]
    except OSError:
        return None
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iat"]


def test_no_call_fails_while_servers_are_killed(tmp_path):
    with Servers(tmp_path) as servers:
        servers.environment = {
            "PODID_AWS_API_CREDENTIAL_LIFETIME": LIFETIME,
            "PODID_KUBERNETES_API_MIN_TOKEN_SECONDS": "10"}
        names = ["kubernetes", "aws", "agent"]
        for name in names:
            servers.start(name)
        set_up(servers)
        folder = "var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
        file = Path(servers.state, "pods/default/app", folder, TOKEN)
        deadline = time.monotonic() + 30
        while issued(file) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], text=True, stdout=subprocess.PIPE, env={
                **clean_environment(tmp_path), "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": servers.aws_url,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI":
                    f"http://{servers.address('agent')}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)})
        lines = []
        reader = threading.Thread(
            target=lambda: lines.extend(json.loads(line) for line in process.stdout))
        reader.start()
        kills, tokens, keys = 0, set(), set()
        try:
            deadline = time.monotonic() + 60 + 12 * REFRESHES
            while len(keys) <= REFRESHES or len(tokens) <= 3 or kills < 6:
                assert time.monotonic() < deadline, (len(keys), len(tokens), kills, lines[-3:])
                time.sleep(0.8)
                name = names[kills % 3]
                servers.stop(name, signal.SIGKILL)
                servers.start(name)
                kills += 1
                tokens.add(issued(file))
                keys = {line.get("key") for line in list(lines)}
        finally:
            process.terminate()
            process.wait(120)
            reader.join(20)
        errors = [line["error"] for line in lines if "error" in line]
        print(f"{len(lines)} calls, {len(keys) - 1} refreshes, {len(tokens) - 1} rotations, "
              f"{kills} kills, {len(errors)} errors")
        assert errors == []
