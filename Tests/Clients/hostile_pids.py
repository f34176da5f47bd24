"""Run by test_trust_signals.py in a pid and network namespace of its own, where a signal to every
process reaches nobody else: `podid down` against servers that lie about their pid.

Prints one JSON line for each case: who was still alive, and what podid said.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

podid, folder = sys.argv[1], Path(sys.argv[2])
BIN = Path(podid).parent
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
answers = {}


class Liar(BaseHTTPRequestHandler):
    def do_GET(self):
        service = self.server.service
        body = answers[service].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ports = {}
for service in ("kubernetes-api", "aws-api", "node-agent"):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    server.service = service
    ports[service] = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()


def stack(pids):
    url = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    state = str(folder / ".podid" / "state")
    return {
        "version": 1, "id": "0" * 32, "cluster": "local", "region": "us-east-1",
        "account": "111122223333", "node": "local-node", "state": state, "adminToken": "t",
        "kubernetes": {
            "url": url["kubernetes-api"], "admin": url["kubernetes-api"], "issuer": "i",
            "kubeconfig": state + "/kubernetes-api/admin/kubeconfig", "pid": pids[0]},
        "aws": {"url": url["aws-api"], "admin": url["aws-api"], "accessKeyId": "test",
                "secretAccessKey": "test", "pid": pids[1]},
        "s3": {"url": url["aws-api"], "pid": pids[1]},
        "agent": {"url": url["node-agent"] + "/v1/credentials", "admin": url["node-agent"],
                  "pods": state + "/pods", "pid": pids[2]},
    }


sleepers = [subprocess.Popen(["sleep", "1000"]) for _ in range(2)]
other = subprocess.Popen(["sleep", "1000"], user=65534)
agent_state = folder / "agent"
agent_state.mkdir(mode=0o700)
agent = subprocess.Popen(
    [BIN / "node-agent", "--state", agent_state, "--kubeconfig", agent_state / "none"]
    + [word for flag in ("listen", "admin-listen", "probe-listen", "metrics-listen")
       for word in (f"--{flag}", "127.0.0.1:0")],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
agent.stdout.readline()
victims = [*sleepers, other, agent]
environment = {
    "PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder / "xdg")}
path = folder / ".podid" / "stack.json"
path.parent.mkdir(mode=0o700)

FOREIGN = [-1, 0, 1, -2, 99999999999, -(2 ** 63), 2 ** 63 - 1, 2 ** 64, 1e300, 4194304]
cases = [(f"everywhere {pid!r}", pid, pid) for pid in FOREIGN]
cases += [(f"answered {pid!r}", sleepers[0].pid, pid) for pid in FOREIGN]
cases += [("a foreign program", sleepers[0].pid, sleepers[0].pid),
          ("another user's", other.pid, other.pid),
          ("another server", agent.pid, agent.pid),
          ("nobody", 4194303, 4194303)]
for name, written, answered in cases:
    for service in ports:
        answers[service] = json.dumps({"service": service, "pid": answered, "status": "ok"})
        if name == "another server" and service == "node-agent":
            answers[service] = "{}"
    for how in ("found", "named", "variable"):
        path.write_text(json.dumps(stack([written] * 3)))
        path.chmod(0o600)
        words = ["--stack", str(path)] if how == "named" else []
        variables = {"PODID_STACK": str(path)} if how == "variable" else {}
        for command in ("down", "status"):
            done = subprocess.run(
                [podid, command, *words], cwd=folder, env={**environment, **variables},
                capture_output=True, text=True, timeout=30)
            alive = [victim.poll() is None for victim in victims]
            print(json.dumps({
                "case": name, "how": how, "command": command, "code": done.returncode,
                "alive": all(alive), "stdout": done.stdout, "stderr": done.stderr}), flush=True)
for victim in victims:
    victim.kill()
