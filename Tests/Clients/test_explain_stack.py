"""`podid explain` where the stack itself is not well; each test has a stack of its own."""

import json
import os
import signal
from pathlib import Path

import pytest
from conftest import PODID, Stack, clean_environment, command, freeze
from explain_world import ANNOTATION, World
from servers import Servers

READER = "s3-reader-sa"


@pytest.fixture
def detached(tmp_path):
    """Makes stacks as people do, in a folder of the test; variables set the servers."""
    path = tmp_path / ".podid" / "stack.json"

    def up(*words, **variables):
        environment = {**clean_environment(tmp_path), **variables}
        command([PODID, "up", "--detach", "--free-ports", *words], environment, True, cwd=tmp_path)
        return Stack(path, tmp_path)

    yield up
    command([PODID, "down", "--stack", str(path)], clean_environment(tmp_path), False)


def stopped(world, hop, text):
    code, found = world.explain()
    step = found["steps"][-1]
    assert code == 1 and step["hop"] == hop and text in step["text"], step
    return step


def mended(world, step):
    world.mend(step["mend"])
    code, found = world.explain()
    assert code == 0, found["steps"][-1]


@pytest.mark.parametrize("member, seconds", [("aws", 90_000), ("kubernetes", -90_000)])
def test_one_servers_clock_is_moved(own_stack, member, seconds):
    own_stack.admin(member, "/clock", "PUT", json={"offsetSeconds": seconds})
    world = World(own_stack, READER)
    mended(world, stopped(world, "clock", "not all by the same"))


def test_all_clocks_are_moved(own_stack):
    own_stack.podid("clock", "advance", "7h")
    world = World(own_stack, READER)
    code, found = world.explain()
    assert code == 0 and found["warnings"][0]["mend"] == "podid clock reset"


def test_the_annotation_is_switched_off(detached):
    stack = detached(PODID_KUBERNETES_API_ANNOTATION_ASSOCIATIONS="off")
    world = World(stack, "annotated")
    world.service_account(**{ANNOTATION: world.role()})
    mended(world, stopped(world, "association", "--annotation-associations off"))


def test_the_agent_takes_the_link_local_addresses_alone(detached):
    stack = detached(PODID_NODE_AGENT_STRICT_HOST="true")
    mended(World(stack, READER), stopped(World(stack, READER), "agent", "--strict-host"))


def test_an_association_is_not_visible_yet(detached):
    stack = detached(PODID_AWS_API_ASSOCIATION_DELAY="10s")
    world = World(stack, "late")
    world.whole()
    mended(world, stopped(world, "EKS Auth", "--association-delay"))


def test_a_fault_of_everybody_is_named(own_stack):
    own_stack.podid("fault", "add", "error", "Throttling", "--operation", "GetRole")
    world = World(own_stack, READER)
    mended(world, stopped(world, "role", "operation=GetRole"))


def test_a_server_is_halted(own_stack):
    freeze(own_stack["aws"]["pid"])
    world = World(own_stack, READER)
    mended(world, stopped(world, "servers", "is halted"))


def kill_supervisor(stack):
    text = Path(f"/proc/{stack['aws']['pid']}/stat").read_text()
    supervisor = int(text[text.rindex(")") + 2:].split()[1])
    os.kill(supervisor, signal.SIGKILL)


def kill_servers(stack, *members):
    for member in members:
        os.kill(stack[member]["pid"], signal.SIGKILL)


def test_the_whole_stack_was_killed(detached):
    stack = detached()
    kill_supervisor(stack)
    kill_servers(stack, "kubernetes", "aws", "agent")
    world = World(stack, READER)
    step = stopped(world, "servers", "no server of")
    mended(world, step)
    assert Stack(stack.path, stack.home)["kubernetes"]["url"] == stack["kubernetes"]["url"]


def test_a_server_died_and_nobody_noticed(detached):
    stack = detached()
    kill_supervisor(stack)
    kill_servers(stack, "aws")
    world = World(stack, READER)
    mended(world, stopped(world, "servers", "aws-api does not answer"))


class HandMade:
    """Servers that were started by hand, with a stack file that was written by hand."""

    def __init__(self, folder, **flags):
        self.servers = Servers(folder)
        self.path = folder / "stack.json"
        usual = self.servers.flags

        def changed(name):
            words = usual(name)
            for flag, value in flags.get(name, []):
                if flag in words and flag != "--cluster":
                    words[words.index(flag) + 1] = value
                else:
                    words += [flag, value]
            return words

        self.servers.flags = changed

    def __enter__(self):
        names = ("kubernetes", "aws", "agent")
        for name in names:
            self.servers.start(name)
        state = self.servers.state
        parts = {name: {
            "admin": "http://" + self.servers.address(name + "-admin"),
            "pid": self.servers.processes[name].pid} for name in names}
        parts["kubernetes"].update(
            url=self.servers.kubernetes_url, ca=f"{state}/kubernetes-api/ca.crt",
            kubeconfig=f"{state}/kubernetes-api/admin/kubeconfig")
        parts["aws"].update(
            url=self.servers.aws_url, accessKeyId="test", secretAccessKey="test")
        parts["agent"].update(
            url=f"http://{self.servers.address('agent')}/v1/credentials", pods=f"{state}/pods")
        self.path.write_text(json.dumps({
            "version": 1, "cluster": "local", "region": "us-east-1", "account": "111122223333",
            "node": "local-node", "state": str(state),
            "adminToken": (state / "admin.token").read_text().strip(),
            "s3": {"url": "http://" + self.servers.address("s3")}, **parts}))
        self.path.chmod(0o600)
        return Stack(self.path, self.servers.folder)

    def __exit__(self, *_):
        self.servers.stop_all()
        command([PODID, "down", "--stack", str(self.path)],
                clean_environment(self.servers.folder), False)


def test_the_association_lies_in_another_cluster(tmp_path):
    with HandMade(tmp_path, aws=[("--cluster", "other=https://127.0.0.1:1")]) as stack:
        world = World(stack, "app")
        world.service_account()
        world.eks.create_pod_identity_association(
            clusterName="other", namespace="default", serviceAccount="app", roleArn=world.role())
        mended(world, stopped(world, "association", "in cluster other has one"))


# What was started by hand with flags that do not go together; podid up starts it as it should be.
ISSUER = [("--issuer", "https://oidc.example.com/id")]
SECRET = [("--aws-secret-access-key", "wrong")]
CLUSTER = [("--cluster-name", "other")]
KNOWN = [("--cluster", "other=https://127.0.0.1:1")]


@pytest.mark.parametrize("flags, hop, text", [
    ({"kubernetes": ISSUER}, "token", "aws-api takes those of https://127"),
    ({"kubernetes": SECRET}, "pod mutation", "associations cannot be looked up"),
    ({"kubernetes": CLUSTER}, "pod mutation", "No cluster found for name: other"),
    ({"kubernetes": CLUSTER, "aws": KNOWN}, "pod mutation", "with another --cluster-name"),
])
def test_servers_that_do_not_agree(tmp_path, flags, hop, text):
    with HandMade(tmp_path, **flags) as stack:
        world = World(stack, "app")
        world.whole()
        mended(world, stopped(world, hop, text))
