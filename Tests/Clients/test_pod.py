"""`podid pod`: one pod held for a process or container of its own, as a sidecar does it."""

import base64
import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import PODID, command, until

READER = "default/s3-reader-sa"
IDENTITY = "var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
KUBERNETES = "var/run/secrets/kubernetes.io/serviceaccount"


class Sidecar:
    def __init__(self, stack, folder, *flags, node=True):
        environment = stack.environment
        if node:  # what a container of compose has: no stack file, the node's kubeconfig
            environment = {name: value for name, value in environment.items()
                           if name != "PODID_STACK"}
            environment["PODID_POD_KUBECONFIG"] = stack["kubernetes"]["kubeconfig"].replace(
                "/admin/", "/node/")
        environment.update(PODID_POD_INTO=str(folder), PODID_POD_SERVICE_ACCOUNT=READER)
        self.environment = environment
        self.errors = open(f"{folder}.err", "a+")
        self.process = subprocess.Popen(
            [PODID, "pod", *flags], env=environment, stdout=subprocess.PIPE, stderr=self.errors,
            text=True)

    def line(self):
        """The next line it prints."""
        line = self.process.stdout.readline()
        assert line, self.said()
        return line

    def said(self):
        return Path(self.errors.name).read_text()

    def check(self):
        return command([PODID, "pod", "--check"], self.environment, check=False)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(120)
        self.process.stdout.close()
        return code


@contextmanager
def sidecar(stack, folder, *flags, **options):
    held = Sidecar(stack, folder, *flags, **options)
    try:
        yield held
    finally:
        if held.process.poll() is None:
            held.end()


def held_pods(stack):
    pods = stack.api("GET", "/api/v1/namespaces/default/pods")["items"]
    return {pod["metadata"]["name"]: pod for pod in pods
            if "podid.local/held-by" in pod["metadata"].get("annotations", {})}


@pytest.mark.parametrize("node", [True, False])
def test_it_holds_a_pod_until_it_is_told_to_stop(own_stack, tmp_path, node):
    folder = tmp_path / "pod"
    with sidecar(own_stack, folder, node=node) as held:
        line = held.line()
        assert "is Ready" in line
        assert held.check().returncode == 0
        (name, pod), = held_pods(own_stack).items()
        assert pod["status"]["phase"] == "Running" and name in line
        assert sorted(os.listdir(folder / KUBERNETES))[-3:] == ["ca.crt", "namespace", "token"]
        token = folder / IDENTITY
        assert token.stat().st_mode & 0o777 == 0o644
        # Whoever the app runs as must get there.
        assert all(place.stat().st_mode & 0o005 == 0o005
                   for place in token.parents if folder in place.parents)
        # The node leaves it alone.
        assert not (Path(own_stack["agent"]["pods"]) / "default" / name).exists()
        answer = command(
            ["aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
            {**own_stack.environment, "AWS_DEFAULT_REGION": "us-east-1",
             "AWS_ENDPOINT_URL": own_stack["aws"]["url"],
             "AWS_CONTAINER_CREDENTIALS_FULL_URI": own_stack["agent"]["url"],
             "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)}, check=True)
        assert ":assumed-role/s3-reader-role/" in answer.stdout
        assert held.end() == 0
    assert held_pods(own_stack) == {}
    assert not token.exists() and not (folder / KUBERNETES / "token").exists()
    check = held.check()
    assert check.returncode == 1 and "nobody holds a pod into" in check.stderr


def test_the_health_check_tells_why_there_is_no_pod(stack, tmp_path):
    """A container's health check shows its output, where nobody looks into the log."""
    with sidecar(stack, tmp_path / "pod", "--service-account", "default/nobody") as held:
        until(lambda: 'serviceaccount "nobody" not found' in held.check().stderr)
        assert held.check().returncode == 1
    with sidecar(stack, tmp_path / "two", "--service-account", "default/default") as held:
        held.line()
        check = held.check()
        assert check.returncode == 0
        assert "default/default has neither an association" in check.stdout
    with sidecar(stack, tmp_path / "three") as held:
        held.line()
        assert (held.check().returncode, held.check().stdout) == (0, "")


def test_one_that_was_killed_comes_back_to_its_own_pod(own_stack, tmp_path):
    folder = tmp_path / "pod"
    with sidecar(own_stack, folder) as held:
        held.line()
        (name, before), = held_pods(own_stack).items()
        held.end(signal.SIGKILL)
    assert list(held_pods(own_stack)) == [name]
    with sidecar(own_stack, folder) as held:
        assert "is adopted and Ready" in held.line()
        assert held_pods(own_stack)[name]["metadata"]["uid"] == before["metadata"]["uid"]
    assert held_pods(own_stack) == {}


def test_a_pod_that_somebody_deletes_is_made_again(own_stack, tmp_path):
    with sidecar(own_stack, tmp_path / "pod") as held:
        held.line()
        (name, before), = held_pods(own_stack).items()
        token = (tmp_path / "pod" / IDENTITY).read_text()
        own_stack.api("DELETE", f"/api/v1/namespaces/default/pods/{name}")
        assert "is Ready" in held.line()
        assert held_pods(own_stack)[name]["metadata"]["uid"] != before["metadata"]["uid"]
        assert (tmp_path / "pod" / IDENTITY).read_text() != token
        assert "somebody deleted the pod" in held.said()


def test_the_clock_of_the_stack_is_the_sidecars(own_stack, tmp_path):
    folder = tmp_path / "pod"
    folder.mkdir()

    def issued():
        claims = (folder / IDENTITY).read_text().split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iat"]

    own_stack.podid("clock", "advance", "1h")
    with sidecar(own_stack, folder) as held:
        held.line()
        first = issued()
        assert abs(first - time.time() - 3600) < 60
        # Past 80 % of the day that a token lasts.
        own_stack.podid("clock", "advance", "20h")
        until(lambda: issued() >= first + 20 * 3600 - 60)
        own_stack.podid("clock", "reset")


def test_it_waits_for_cluster_and_account(own_stack, tmp_path):
    with sidecar(own_stack, tmp_path / "pod", "--service-account", "late") as held:
        until(lambda: 'serviceaccount "late" not found' in held.said())
        assert held.check().returncode == 1
        own_stack.api("POST", "/api/v1/namespaces/default/serviceaccounts",
                      {"metadata": {"name": "late"}})
        assert "is Ready" in held.line()
        # Said once, however often it was tried; and what it means that nobody is associated.
        assert held.said().count("not found") == 1
        assert "neither an association nor the annotation" in held.said()


def test_without_a_kubeconfig_yet_it_waits(own_stack, tmp_path):
    with sidecar(own_stack, tmp_path / "pod", "--kubeconfig", str(tmp_path / "none")) as held:
        until(lambda: "waiting for the cluster" in held.said())
        config = own_stack["kubernetes"]["kubeconfig"].replace("/admin/", "/node/")
        (tmp_path / "none").write_text(Path(config).read_text())
        assert "is Ready" in held.line()


def test_two_never_write_into_one_folder(own_stack, tmp_path):
    with sidecar(own_stack, tmp_path / "pod") as held:
        held.line()
        second = command([PODID, "pod"], held.environment, check=False)
        assert second.returncode == 1 and "another podid pod writes there" in second.stderr
        # Nor does the second take away what the first one says.
        assert (tmp_path / "pod" / ".ready").exists()
        # Nor into one volume of two.
        other = tmp_path / "other"
        place = other / KUBERNETES
        place.parent.mkdir(parents=True)
        place.mkdir()
        bound = ["mount", "--bind", str(tmp_path / "pod" / KUBERNETES), str(place)]
        if subprocess.run(bound, capture_output=True).returncode != 0:
            pytest.skip("no bind mount here")
        try:
            third = command(
                [PODID, "pod", "--name", "third"],
                {**held.environment, "PODID_POD_INTO": str(other)}, check=False, timeout=60)
            # Nor does one that adopts the pod by its name take it away.
            fourth = command(
                [PODID, "pod", "--name", next(iter(held_pods(own_stack)))],
                {**held.environment, "PODID_POD_INTO": str(other)}, check=False, timeout=60)
        finally:
            subprocess.run(["umount", str(place)], check=True)
        for done in [third, fourth]:
            assert done.returncode == 1
            assert "scale the app, not its pod" in done.stderr
        assert "somebody deleted" not in held.said()
        assert len(held_pods(own_stack)) == 1


def test_a_folder_that_is_a_link_is_not_followed(own_stack, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "pod").symlink_to("elsewhere")
    done = command(
        [PODID, "pod", "--service-account", "s3-reader-sa", "--into", str(tmp_path / "pod")],
        own_stack.environment, check=False)
    assert done.returncode == 1 and "a symbolic link, which is not followed" in done.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_pods_of_others_are_not_taken(own_stack, tmp_path):
    own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "foreign"},
        "spec": {"serviceAccountName": "s3-reader-sa", "containers": [{"name": "a", "image": "b"}]}})
    with sidecar(own_stack, tmp_path / "pod", "--name", "foreign") as held:
        assert held.process.wait(120) == 1
        assert "podid pod does not hold it" in held.said()
    with sidecar(own_stack, tmp_path / "pod", "--name", "Bad_Name") as held:
        assert held.process.wait(120) == 1
        assert "Invalid value" in held.said()


@pytest.mark.parametrize("flags,variables,message", [
    ([], {}, "--into DIR is needed"),
    (["--into", "x"], {}, "--service-account [NS/]NAME is needed"),
    (["--into", "x", "--service-account", "a/b/c"], {}, "is named [NAMESPACE/]NAME"),
    (["--into", "x", "--service-account", "a", "--other"], {}, "unknown flag --other"),
    (["--into", ""], {}, "--into needs a value"),
])
def test_wrong_usage(own_stack, tmp_path, flags, variables, message):
    done = subprocess.run(
        [PODID, "pod", *flags], env={**own_stack.environment, **variables}, cwd=tmp_path,
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 64 and message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_named(own_stack, tmp_path):
    (tmp_path / "file").write_text("")
    environment = {**own_stack.environment, "PODID_POD_SERVICE_ACCOUNT": READER}
    done = command([PODID, "pod", "--into", str(tmp_path / "file")], environment, check=False)
    assert done.returncode == 1 and "Not a directory" in done.stderr
    done = command([PODID, "pod", "--into", str(tmp_path / "a/b")], environment, check=False)
    assert done.returncode == 1 and "No such file or directory" in done.stderr
