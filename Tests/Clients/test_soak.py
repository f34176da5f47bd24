"""The whole flow for a while, with boto3 and kubectl, a server killed every ten seconds.

PODID_SOAK says for how many seconds (30). In the last third nothing is killed, and what the servers
hold must not grow.
"""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import boto3
import botocore.session
from botocore.credentials import ContainerProvider
from conftest import clean_environment, kubectl_path
from crash import TRUST, ConfigMaps, boto
from servers import Servers

SECONDS = int(os.environ.get("PODID_SOAK", "30"))
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


class Load:
    """Clients that go on until told to stop; a failure is kept with its time."""

    def __init__(self, servers):
        self.servers, self.ended = servers, threading.Event()
        self.done, self.failures = {"boto3": 0, "kubectl": 0}, []
        self.maps = ConfigMaps(servers)
        core = self.maps.root + "/api/v1/namespaces"
        self.maps.call("POST", core, json={"metadata": {"name": "soak"}})
        iam = boto(servers, "iam")
        iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName="app", PolicyName="s3", PolicyDocument=POLICY)
        boto(servers, "eks").create_pod_identity_association(
            clusterName="local", namespace="soak", serviceAccount="app",
            roleArn="arn:aws:iam::111122223333:role/app")
        self.maps.call("POST", core + "/soak/serviceaccounts", json={"metadata": {"name": "app"}})
        self.maps.call("POST", core + "/soak/pods", json={"metadata": {"name": "p"}, "spec": {
            "serviceAccountName": "app", "containers": [{"name": "c", "image": "i"}]}})
        self.token = (servers.state / "pods/soak/p/var/run/secrets/pods.eks.amazonaws.com"
                      / "serviceaccount/eks-pod-identity-token")
        while not self.token.exists():
            time.sleep(0.01)
        self.threads = [threading.Thread(target=self.run, args=(name,), daemon=True)
                        for name in ("boto3", "boto3", "kubectl")]
        for thread in self.threads:
            thread.start()

    def run(self, name):
        while not self.ended.is_set():
            try:
                getattr(self, name)()
                self.done[name] += 1
            except Exception as error:  # counted and told by the test
                self.failures.append(f"{name}: {type(error).__name__} {error}")

    def boto3(self):
        """A new process's way: credentials from the agent, then STS and S3."""
        provider = ContainerProvider(environ={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI":
                f"http://{self.servers.address('agent')}/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(self.token)})
        session = botocore.session.Session()
        session._credentials = provider.load()
        made = boto3.Session(botocore_session=session, region_name="us-east-1")
        arn = made.client("sts", endpoint_url=self.servers.aws_url).get_caller_identity()["Arn"]
        assert ":assumed-role/app/" in arn
        s3 = made.client("s3", endpoint_url=f"http://{self.servers.address('s3')}")
        body = os.urandom(1000)
        s3.put_object(Bucket="bucket", Key="key", Body=body)
        assert len(s3.get_object(Bucket="bucket", Key="key")["Body"].read()) == 1000

    def kubectl(self):
        words = [kubectl_path("1.33"), "--kubeconfig",
                 f"{self.servers.state}/kubernetes-api/admin/kubeconfig", "-n", "soak"]
        pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "k"}, "spec": {
            "serviceAccountName": "app", "containers": [{"name": "c", "image": "i"}]}})
        for more in (["apply", "-f", "-"], ["wait", "--for=condition=Ready", "pod/k", "--timeout=20s"],
                     ["get", "pods"], ["delete", "pod", "k", "--ignore-not-found"]):
            end = time.monotonic() + 10
            while True:
                done = subprocess.run(
                    words + more, input=pod, capture_output=True, text=True, timeout=60,
                    env=clean_environment(self.servers.folder))
                # kubectl itself does not try again while a server is away.
                if done.returncode == 0 or time.monotonic() > end:
                    break
                time.sleep(0.1)
            assert done.returncode == 0, done.stderr

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def held(process):
    """What a process holds: MiB, descriptors, threads."""
    root = Path(f"/proc/{process.pid}")
    pages = int((root / "statm").read_text().split()[1])
    return (pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(list((root / "fd").iterdir())),
            len(list((root / "task").iterdir())))


def files(servers):
    return {str(path.relative_to(servers.state)) for path in servers.state.rglob("*")}


def test_soak(tmp_path):
    kubectl_path("1.33")
    with Servers(tmp_path) as servers:
        bucket = servers.state / "aws-api" / "buckets" / "bucket"
        bucket.mkdir(parents=True, mode=0o700)
        os.chmod(servers.state / "aws-api", 0o700)
        for name in ("kubernetes", "aws", "agent"):
            servers.start(name)
        load = Load(servers)
        begin = time.monotonic()
        turn = 0
        while time.monotonic() - begin < SECONDS * 2 / 3:
            time.sleep(min(10, SECONDS / 6))
            name = ("kubernetes", "aws", "agent")[turn % 3]
            turn += 1
            servers.stop(name, signal.SIGKILL)
            servers.start(name)
        time.sleep(3)
        before = {name: held(process) for name, process in servers.processes.items()}
        time.sleep(max(5, SECONDS / 3))
        after = {name: held(process) for name, process in servers.processes.items()}
        load.stop()
        print(f"{turn} kills, {load.done}, before {before}, after {after}")
        assert not load.failures, load.failures[:5]
        assert load.done["boto3"] > SECONDS / 2 and load.done["kubectl"] > SECONDS / 10
        for name, (mib, descriptors, threads) in after.items():
            assert mib < before[name][0] * 1.25 + 6, (name, before[name], after[name])
            assert descriptors <= before[name][1] + 10, (name, before[name], after[name])
            # The pool of threads breathes with the load; it has a ceiling.
            assert threads <= max(before[name][2] + 3, 16), (name, before[name], after[name])
        # What kills left unfinished is gone once the server has started again.
        servers.stop("aws")
        servers.start("aws")
        unfinished = bucket.parent / ".podid" / ".uploads"
        assert not unfinished.exists() or list(unfinished.iterdir()) == []
        folders = [p for p in files(servers) if p.startswith("pods/") and "/..20" in p]
        assert len({p.split("/..20")[0] for p in folders}) == len(
            {p.split("/..20")[0] + p.split("/..20")[1].split("/")[0] for p in folders}), folders
        assert [p for p in files(servers) if p.startswith("pods/soak/k")] == []
