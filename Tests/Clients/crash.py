"""Kills the servers at random moments while clients write, and keeps account of what was promised.

An answered write must be there for ever after, with its uid and a growing version; one whose answer
never came may or may not have happened, but nothing else. `check` compares it all.
"""

import json
import random
import signal
import sqlite3
import threading
import time

import requests
from crash_stores import TRUST, Associations, ConfigMaps, Exists, Missing, Roles, Unsure, boto


class Thing:
    """What is known of one object: the values it may have (None: not there), uid and version."""

    def __init__(self):
        self.values, self.uid, self.version = {None}, None, None


class GatedThread(threading.Thread):
    """Takes one step after the other while the gate is open; what a step objects to ends it."""

    def __init__(self, name, gate):
        super().__init__(daemon=True, name=name)
        self.gate, self.violations = gate, []

    def run(self):
        while not self.gate.ended:
            with self.gate:
                try:
                    self.step()
                except Unsure:
                    time.sleep(0.01)
                except Exception as error:  # reported by check, on the main thread
                    self.violations.append(f"{self.name}: {type(error).__name__} {error}")
                    return


class Writer(GatedThread):
    """Writes to a few objects of its own until told to stop."""

    def __init__(self, name, backend, seed, gate, values):
        super().__init__(name, gate)
        self.backend, self.random = backend, random.Random(seed)
        self.things = {f"{name}-{number}": Thing() for number in range(5)}
        self.value_of, self.count, self.acknowledged, self.newest = values, 0, 0, 0

    def step(self):
        name = self.random.choice(list(self.things))
        thing = self.things[name]
        if len(thing.values) > 1:
            return self.settle(name, thing)
        value = self.value_of(self.count)
        self.count += 1
        is_there = None not in thing.values
        what = "create" if not is_there else self.random.choice(["update"] * 4 + ["delete"])
        new = None if what == "delete" else value
        try:
            if what == "delete":
                self.backend.delete(name)
                uid = version = None
            else:
                uid, version = getattr(self.backend, what)(name, value)
        except Unsure:
            thing.values = thing.values | {new}
            raise
        except Missing as error:
            raise AssertionError(f"LOST: {name} was {thing.values}") from error
        except Exists as error:
            raise AssertionError(f"BACK: {name} was deleted, and is there") from error
        self.acknowledged += 1
        if what == "update" and uid is not None:
            assert uid == thing.uid, f"{name} has another uid"
        if what == "create":
            thing.uid = uid
        if version is not None:
            assert version > self.newest, f"{name}: version {version} after {self.newest}"
            self.newest = version
        thing.values, thing.version = {new}, version
        return None

    def settle(self, name, thing):
        """Finds out what became of a write without an answer."""
        try:
            value, uid, version = self.backend.read(name)
        except Missing:
            value = uid = version = None
        assert value in thing.values, f"LOST: {name} is {value}, not of {thing.values}"
        if value is not None and None not in thing.values:
            assert uid == thing.uid, f"{name} has another uid"
        thing.values, thing.uid, thing.version = {value}, uid, version
        self.newest = max(self.newest, version or 0)


class Gate:
    """Lets writers work until it is closed for a while, or for good."""

    def __init__(self):
        self.condition, self.working, self.closed, self.ended = threading.Condition(), 0, False, False

    def __enter__(self):
        with self.condition:
            self.condition.wait_for(lambda: not self.closed)
            self.working += 1

    def __exit__(self, *_):
        with self.condition:
            self.working -= 1
            self.condition.notify_all()

    def close(self):
        with self.condition:
            self.closed = True
            self.condition.wait_for(lambda: self.working == 0, 60)

    def open(self):
        with self.condition:
            self.closed = False
            self.condition.notify_all()


class Watcher(threading.Thread):
    """A client that follows the objects through every restart, as an informer does."""

    def __init__(self, servers, gate):
        super().__init__(daemon=True)
        self.maps, self.gate = ConfigMaps(servers), gate
        self.seen, self.version, self.reconnects, self.violations = {}, 0, 0, []
        self.changed = threading.Condition()

    def run(self):
        while not self.gate.ended:
            try:
                if self.version == 0:
                    version, found, _ = self.maps.all()
                    with self.changed:
                        self.seen = {name: entry[2] for name, entry in found.items()}
                        self.version = version
                        self.changed.notify_all()
                self.follow()
            except (Unsure, requests.RequestException):
                self.reconnects += 1
                time.sleep(0.01)
            except Exception as error:
                self.violations.append(f"watch: {type(error).__name__} {error}")
                return

    def follow(self):
        answer = self.maps.session.get(
            self.maps.url, stream=True, timeout=60,
            params={"watch": "true", "resourceVersion": str(self.version), "timeoutSeconds": "30"})
        if answer.status_code != 200:
            raise Unsure
        for line in answer.iter_lines():
            event = json.loads(line)
            if event["type"] == "ERROR":
                assert event["object"]["code"] == 410, event
                self.version = 0
                return
            meta = event["object"]["metadata"]
            version = int(meta["resourceVersion"])
            assert version > self.version, f"{version} after {self.version}"
            with self.changed:
                self.version = version
                if event["type"] == "DELETED":
                    self.seen.pop(meta["name"], None)
                else:
                    self.seen[meta["name"]] = version
                self.changed.notify_all()

    def reaches(self, version):
        with self.changed:
            return self.changed.wait_for(lambda: self.version >= version, 30)


class Crash:
    """Servers under fire. `servers` runs already, with a cluster named local."""

    def __init__(self, servers, seed):
        self.servers, self.random = servers, random.Random(seed)
        self.gate, self.kills = Gate(), {"kubernetes": 0, "aws": 0, "agent": 0}
        self.maps = ConfigMaps(servers)
        self.maps.call("POST", self.maps.root + "/api/v1/namespaces",
                       json={"metadata": {"name": "crash"}})
        self.prepare_credentials()
        self.keys = self.maps.call("GET", self.maps.root + "/keys")
        self.identity = self.namespace_uids()

        for number in range(4):
            boto(servers, "iam").create_role(
                RoleName=f"value-{number}", AssumeRolePolicyDocument=TRUST)

        def text(number):
            return f"v{number}"

        self.writers = [
            *[Writer(f"map{n}", ConfigMaps(servers), seed + n, self.gate, text) for n in range(3)],
            Writer("role", Roles(servers), seed + 11, self.gate, text),
            Writer("association", Associations(servers), seed + 12, self.gate,
                   lambda number: str(number % 4))]
        self.watcher = Watcher(servers, self.gate)
        for thread in (*self.writers, self.watcher):
            thread.start()

    def prepare_credentials(self):
        """A pod whose token node-agent fetches, and credentials that must stay valid."""
        core = self.maps.root + "/api/v1/namespaces/crash"
        boto(self.servers, "iam").create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
        boto(self.servers, "eks").create_pod_identity_association(
            clusterName="local", namespace="crash", serviceAccount="app",
            roleArn="arn:aws:iam::111122223333:role/app")
        self.maps.call("POST", core + "/serviceaccounts", json={"metadata": {"name": "app"}})
        self.maps.call("POST", core + "/pods", json={"metadata": {"name": "p"}, "spec": {
            "serviceAccountName": "app", "containers": [{"name": "c", "image": "i"}]}})
        self.token = (self.servers.state / "pods/crash/p/var/run/secrets/pods.eks.amazonaws.com"
                      / "serviceaccount/eks-pod-identity-token")
        self.credentials = self.fetch()

    def fetch(self):
        """Credentials from the agent, as an SDK gets them: it asks again while there are none."""
        end = time.monotonic() + 30
        while True:
            try:
                answer = requests.get(
                    f"http://{self.servers.address('agent')}/v1/credentials", timeout=60,
                    headers={"Authorization": self.token.read_text()})
                if answer.ok:
                    return answer.json()
            except (OSError, requests.RequestException):
                pass
            assert time.monotonic() < end, "no credentials came"
            time.sleep(0.02)

    def namespace_uids(self):
        found = self.maps.call("GET", self.maps.root + "/api/v1/namespaces")
        return {i["metadata"]["name"]: i["metadata"]["uid"] for i in found["items"]}

    def kill_one(self):
        """Kills a server in the middle of whatever it does, sometimes again while it starts."""
        name = self.random.choice(["kubernetes", "kubernetes", "aws", "aws", "agent"])
        time.sleep(self.random.random() * 0.12)
        self.servers.stop(name, signal.SIGKILL)
        self.kills[name] += 1
        if self.random.random() < 0.2:
            self.servers.spawn(name)
            time.sleep(self.random.random() * 0.05)
            self.servers.stop(name, signal.SIGKILL)
            self.kills[name] += 1
        self.servers.start(name)

    def check(self):
        """Everything that was answered is there; raises with what is not."""
        self.gate.close()
        try:
            violations = [v for one in (*self.writers, self.watcher) for v in one.violations]
            for writer in self.writers:
                for name, thing in writer.things.items():
                    self.compare(writer, name, thing, violations)
                    if len(thing.values) > 1:
                        writer.settle(name, thing)
            assert not violations, "\n".join(violations)
            version, found, count = self.maps.all()
            mine = {n for w in self.writers[:3] for n, t in w.things.items() if t.values != {None}}
            assert set(found) == mine | {"kube-root-ca.crt"} and len(found) == count, found
            assert version >= max(w.newest for w in self.writers)
            _, marker = self.maps.create("marker", "x")
            assert self.watcher.reaches(marker), "the watch did not come back"
            _, found, _ = self.maps.all()
            assert self.watcher.seen == {name: entry[2] for name, entry in found.items()}
            self.maps.delete("marker")
            assert self.maps.call("GET", self.maps.root + "/keys") == self.keys
            assert self.namespace_uids() == self.identity
            self.check_credentials(self.credentials)
            self.check_credentials(self.fetch())
        finally:
            self.gate.open()

    @staticmethod
    def compare(writer, name, thing, violations):
        try:
            value, uid, version = writer.backend.read(name)
        except Missing:
            value = uid = version = None
        if value not in thing.values:
            violations.append(f"LOST: {name} is {value}, not of {thing.values}")
        elif len(thing.values) == 1 and value is not None:
            if uid != thing.uid or (thing.version and version != thing.version):
                violations.append(f"{name}: {uid} {version}, not {thing.uid} {thing.version}")

    def check_credentials(self, found):
        identity = boto(
            self.servers, "sts", aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"], aws_session_token=found["Token"],
        ).get_caller_identity()
        assert ":assumed-role/app/" in identity["Arn"]

    def plant_a_loss(self):
        """Takes an answered write out of the stopped server's database."""
        self.gate.close()
        self.servers.stop("kubernetes")
        name = next(n for w in self.writers[:3] for n, t in w.things.items() if t.values != {None})
        with sqlite3.connect(self.servers.state / "kubernetes-api/kubernetes.db") as database:
            cut = database.execute("DELETE FROM objects WHERE name = ?", (name,))
            assert cut.rowcount == 1
        database.close()
        self.servers.start("kubernetes")
        self.gate.open()

    def end(self):
        self.gate.ended = True
        self.gate.open()
        for thread in self.writers:
            thread.join(30)

    def leftovers(self):
        """Files of the state folder that belong to nothing."""
        known = {".gitignore", "admin.token", "clock"}
        return [str(p) for p in self.servers.state.rglob("*")
                if p.is_file() and not p.is_symlink() and p.name not in known
                and (p.name.startswith(".") or p.name.endswith((".tmp", ".new", "~")))]
