"""The three servers started by hand, as podid does, so that a test can stop and restart each."""

import json
import os
import random
import signal
import socket
import subprocess
from pathlib import Path

from conftest import BIN, clean_environment


given = set()


def free_port():
    """A port for a server that may be stopped and come back to it: none of those that the kernel
    gives out, which another test's connection could have taken meanwhile; and none twice."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    lowest = max(lowest, 20_000)  # where the kernel gives out nearly all, it is as before
    while True:
        # Each of pytest's workers has its own, and so have the tests with containers beside them.
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw7")[2:])
        port = random.randrange(10_000 + worker % 8, lowest, 8)
        if port in given:
            continue
        with socket.socket() as listener:
            # As the servers have it, for connections that have just ended.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        given.add(port)
        return port


class Servers:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.logs = self.folder
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        names = ["kubernetes", "aws", "s3", "agent", "probe", "metrics"]
        self.ports = {name: free_port() for name in names}
        for name in ("kubernetes", "aws", "agent"):
            self.ports[name + "-admin"] = free_port()
        self.processes = {}
        self.environment = {}
        self.limit_descriptors = None

    def address(self, name):
        return f"127.0.0.1:{self.ports[name]}"

    @property
    def kubernetes_url(self):
        return "https://" + self.address("kubernetes")

    @property
    def aws_url(self):
        return "http://" + self.address("aws")

    def flags(self, name):
        common = [
            "--listen", self.address(name), "--admin-listen", self.address(name + "-admin"),
            "--state", str(self.state),
        ]
        own = {
            "kubernetes": ["--aws-endpoint", self.aws_url, "--cluster-name", "local"],
            "aws": [
                "--s3-listen", self.address("s3"), "--cluster",
                f"local={self.kubernetes_url},jwks={self.kubernetes_url}/openid/v1/jwks,"
                f"ca={self.state}/kubernetes-api/ca.crt",
            ],
            "agent": [
                "--probe-listen", self.address("probe"), "--metrics-listen",
                self.address("metrics"), "--kubeconfig",
                f"{self.state}/kubernetes-api/node/kubeconfig", "--aws-endpoint", self.aws_url,
                "--cluster-name", "local", "--pods", f"{self.state}/pods",
            ],
        }
        return common + own[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_all()

    def agent_alone(self, aws_url, *more):
        """Starts node-agent on free ports, without a cluster; returns its ready line."""
        names = ["--listen", "--admin-listen", "--probe-listen", "--metrics-listen"]
        anywhere = [word for name in names if name not in more for word in (name, "127.0.0.1:0")]
        return self.launch("agent", [
            *anywhere, "--state", str(self.state), "--kubeconfig", str(self.folder / "none"),
            "--aws-endpoint", aws_url, "--cluster-name", "local", *more])

    program = {"kubernetes": "kubernetes-api", "aws": "aws-api", "agent": "node-agent"}

    def start(self, name):
        """Starts a server and returns its ready line."""
        return self.launch(name, self.flags(name))

    def spawn(self, name):
        """Starts a server and waits for nothing."""
        self.run(name, self.flags(name))

    def run(self, name, flags):
        words = [str(BIN / self.program[name]), *flags]
        if self.limit_descriptors:
            words = ["prlimit", f"--nofile={self.limit_descriptors}", *words]
        with open(self.logs / f"{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                words, env={**clean_environment(self.folder), **self.environment},
                stdout=subprocess.PIPE, stderr=log, text=True)
        return self.processes[name]

    def launch(self, name, flags):
        process = self.run(name, flags)
        line = process.stdout.readline()
        assert line, (self.logs / f"{name}.log").read_text()
        return json.loads(line)

    def stop(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name)
        process.send_signal(how)
        process.stdout.close()
        return process.wait(120)

    def stop_all(self):
        for name in list(self.processes):
            self.stop(name)
