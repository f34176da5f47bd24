"""Walks through every command of podid in a checkout that somebody hostile wrote.

Run by test_hostile_checkout.py in namespaces of processes and of the network, so that a signal to
everybody meets nobody else. Prints what it saw as JSON.
"""

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pace import Pace

PODID = sys.argv[1]
CHECKOUT = Path(sys.argv[2])
ENVIRONMENT = {
    "PATH": f"{CHECKOUT}/bin:{os.environ['PATH']}", "HOME": str(CHECKOUT.parent / "home"),
    "XDG_STATE_HOME": str(CHECKOUT.parent / "xdg"), "EDITOR": f"touch {CHECKOUT}/ran-editor"}
ACCOUNT = ["--service-account", "default/app"]
# Each command of `podid help`, with words that it takes.
COMMANDS = {
    "up": [["up", "--free-ports"], ["up", "--ephemeral", "--free-ports", "--seed", "seed"]],
    "down": [["down"]], "status": [["status"], ["status", "--json"]], "list": [["list"]],
    "reset": [["reset"], ["reset", "--seed", "seed"]],
    "run": [["run", *ACCOUNT, "--", "true"]],
    "pod": [["pod", *ACCOUNT, "--into", "files"]],
    "env": [["env"], ["env", *ACCOUNT], ["env", *ACCOUNT, "--delete"]],
    "shell": [["shell"], ["shell", *ACCOUNT]],
    "kubeconfig": [["kubeconfig"]],
    "test": [["test", "--seed", "seed", "--", "true"]],
    "demo": [["demo"]], "explain": [["explain", *ACCOUNT]],
    "can": [["can", *ACCOUNT, "s3:GetObject", "arn:aws:s3:::b/k"]],
    "token": [["token", "p"], ["token", "default/p", "--json"]],
    "doctor": [["doctor", "--seed", "seed", "--", "true"]],
    "seed": [["seed", "seed"]], "events": [["events"], ["events", "--follow"]],
    "wait": [["wait", "pod", "p", "--timeout", "2s"], ["wait", "event", "--timeout", "2s"]],
    "clock": [["clock", "show"], ["clock", "reset"]],
    "fault": [["fault", "list"], ["fault", "clear"]],
    "console": [["console"]], "version": [["version"]], "callers": [["callers"]],
    "completion": [["completion", "bash"]], "help": [["help"], ["help", "fault"]],
}
# A stack of their own, or a page that waits: these are ended by a signal.
LASTING = {"up", "demo", "test", "doctor", "console"}


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(endpoint, 0x8913, request))[1]
        fcntl.ioctl(endpoint, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


class Accomplice(BaseHTTPRequestHandler):
    """Answers whatever pid the stack file names."""

    pid = "0"

    def do_GET(self):
        service = {0: "kubernetes-api", 1: "aws-api", 2: "node-agent"}[self.server.number]
        text = f'{{"service":"{service}","pid":{self.pid}}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


def accomplices():
    urls = []
    for number in range(3):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Accomplice)
        server.number = number
        threading.Thread(target=server.serve_forever, daemon=True).start()
        urls.append(f"http://127.0.0.1:{server.server_port}")
    return urls


def stack_file(urls, pid, base="", text=None):
    """Writes the checkout's stack file; its paths are below `base`."""
    folder = CHECKOUT / ".podid"
    kubeconfig = f"{base}.podid/state/kube.json"
    folder.mkdir(exist_ok=True)
    info = {
        "version": 1, "cluster": "local", "region": "us-east-1", "account": "111122223333",
        "node": "local-node", "state": f"{base}.podid/state", "adminToken": "x",
        "kubernetes": {"url": urls[0], "admin": urls[0], "kubeconfig": kubeconfig, "ca": f"{base}.podid/state/ca.crt",
                       "issuer": urls[0], "pid": "PID"},
        "aws": {"url": urls[1], "admin": urls[1], "accessKeyId": "test", "secretAccessKey": "test",
                "pid": "PID"},
        "s3": {"url": urls[1], "pid": "PID"},
        "agent": {"url": urls[2], "probe": urls[2], "metrics": urls[2], "admin": urls[2],
                  "pods": f"{base}.podid/state/pods", "pid": "PID"}}
    (folder / "stack.json").write_text(text or json.dumps(info).replace('"PID"', str(pid)))
    (folder / "state" / "ca.crt").write_text("theirs")
    (folder / "state" / "kube.json").write_text(json.dumps({
        "clusters": [{"name": "c", "cluster": {"server": urls[0]}}],
        "users": [{"name": "u", "user": {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "touch",
            "args": [f"{CHECKOUT}/ran-exec"]}}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x"}))
    Accomplice.pid = str(pid)


def walk(words, limit):
    """Runs podid; ends it by Ctrl-C where it lasts. Its code, words and how long Ctrl-C took."""
    process = subprocess.Popen(
        [PODID, *words], cwd=CHECKOUT, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    seconds = None
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        with Pace() as pace:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=120)
        seconds = pace.seconds
    return {"words": words, "code": process.returncode, "seconds": seconds,
            "output": output.decode(errors="backslashreplace"), "errors": errors.decode(errors="backslashreplace")}


def main():
    raise_loopback()
    Path(ENVIRONMENT["HOME"]).mkdir(exist_ok=True)
    canaries = [subprocess.Popen(["sleep", "100000"], start_new_session=True) for _ in range(2)]
    urls = accomplices()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: caught.append(number))
    shown = subprocess.run([PODID, "help"], capture_output=True, text=True, env=ENVIRONMENT).stdout
    names = [line.split()[1] for line in shown.splitlines() if line.startswith("  podid ")]
    found = {"commands": names, "walked": [], "unknown": sorted(set(names) - set(COMMANDS))}
    rows = [(-1, None), (canaries[0].pid, None), (99999999999, None)]
    rows += [(pid, ["down", "status"]) for pid in (
        0, 1, -canaries[1].pid, os.getpid(), 2**31 - 1, 2**31, 2**63, "1e300", "1.5", '"1"',
        "null", "[]", str(canaries[0].pid) + ".0")]
    for pid, only in rows:
        stack_file(urls, pid)
        for name in only or names:
            for words in COMMANDS.get(name, []):
                if name in LASTING and pid != -1:
                    continue
                found["walked"].append({"pid": str(pid), **walk(words, 4)})
    for text in ["", "{", "[]", "null", "{}", "\u001b]0;x\u0007", "[" * 100_000, '{"version":1}',
                 json.dumps({"version": 1, "kubernetes": "x\n\u001b[2J"})]:
        stack_file(urls, 1, text=text)
        for words in (["status"], ["down"], ["env"], ["list"]):
            found["walked"].append({"pid": text[:20], **walk(words, 4)})
    # Named by the user it is explicit, but a pid in it is no server of podid's all the same.
    for pid in (-1, 1, canaries[0].pid, 99999999999):
        stack_file(urls, pid, base=f"{CHECKOUT}/")
        for words in (["down"], ["status"], ["reset"], ["env", *ACCOUNT], ["explain", *ACCOUNT]):
            found["walked"].append({
                "pid": str(pid), **walk([*words, "--stack", ".podid/stack.json"], 4)})
    found["ran"] = sorted(path.name for path in CHECKOUT.rglob("ran-*"))
    found["alive"] = [process.poll() is None for process in canaries]
    found["caught"] = caught
    for process in canaries:
        process.kill()
    print(json.dumps(found))


main()
