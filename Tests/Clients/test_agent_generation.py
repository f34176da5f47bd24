"""Agent 0.2 in a whole stack: what a rotated token costs, with boto3 and the cluster's own tokens."""

import json

import pytest
import requests
from conftest import start_stack, stop_stack, until

POD = "/api/v1/namespaces/default/pods"


@pytest.fixture(scope="module", params=[("0.1", "1.36"), ("0.2", "1.36"), ("0.2", "1.33")],
                ids=lambda given: f"{given[0]} on {given[1]}")
def stack(request, tmp_path_factory):
    generation, version = request.param
    process, stack = start_stack(
        tmp_path_factory.mktemp("generation"),
        variables={"PODID_NODE_AGENT_AGENT_GENERATION": generation,
                   "PODID_KUBERNETES_API_KUBERNETES_VERSION": version})
    stack.generation, stack.checks = generation, request.param == ("0.2", "1.36")
    yield stack
    stop_stack(process)


def pod(stack, name):
    """A pod of the seed's account; its UID."""
    made = stack.api("POST", POD, {
        "metadata": {"name": name},
        "spec": {"serviceAccountName": "s3-reader-sa", "containers": [{"name": "c", "image": "i"}]}})
    until(lambda: stack.api("GET", f"{POD}/{name}")["status"].get("phase") == "Running")
    return made["metadata"]["uid"]


def new_token(stack, name, uid, audience="pods.eks.amazonaws.com"):
    reference = {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid}
    return stack.api(
        "POST", "/api/v1/namespaces/default/serviceaccounts/s3-reader-sa/token", {
            "spec": {"audiences": [audience], **({"boundObjectRef": reference} if uid else {})}},
    )["status"]["token"]


def ask(stack, token):
    return requests.get(stack["agent"]["url"], headers={"Authorization": token}, timeout=20)


def exchanges(stack):
    return len([e for e in stack.events() if e["operation"] == "AssumeRoleForPodIdentity"])


def metric(stack, result):
    text = requests.get(stack["agent"]["metrics"] + "/metrics", timeout=10).text
    line = f'pod_identity_local_validation{{result="{result}"}} '
    return sum(int(found.removeprefix(line)) for found in text.splitlines() if found.startswith(line))


def test_a_rotated_token(stack):
    uid = pod(stack, "rotated")
    first, second = new_token(stack, "rotated", uid), new_token(stack, "rotated", uid)
    assert first != second
    before = exchanges(stack)
    answers = [ask(stack, token) for token in [first, second, first, second]]
    assert [answer.status_code for answer in answers] == [200] * 4
    keys = [answer.json()["AccessKeyId"] for answer in answers]
    if stack.checks:
        assert exchanges(stack) == before + 1 and len(set(keys)) == 1
        assert metric(stack, "success") == 3 and metric(stack, "failure") == 0
    elif stack.generation == "0.2":
        # Before 1.34 the cluster's keys are not trusted: each change of tokens is a call.
        assert exchanges(stack) == before + 4 and len(set(keys)) == 4
        assert metric(stack, "failure") == 3
    else:
        # Another token is another session.
        assert exchanges(stack) == before + 2 and len(set(keys)) == 2
        assert "pod_identity_local_validation" not in requests.get(
            stack["agent"]["metrics"] + "/metrics", timeout=10).text


def test_a_token_that_is_bound_to_no_pod(stack):
    before = len(stack.events())
    answer = ask(stack, new_token(stack, None, None))
    assert answer.status_code == 400
    if stack.generation == "0.2":
        assert answer.text == ("failed to get pod uid from service account token: Service account "
                               "token missing pod claims\n")
        assert not [e for e in stack.events()[before:] if e["operation"] == "AssumeRoleForPodIdentity"]
    else:
        assert "(InvalidTokenException)" in answer.text


def test_a_forged_token_gets_nothing(stack):
    uid = pod(stack, "forged")
    first = new_token(stack, "forged", uid)
    assert ask(stack, first).status_code == 200
    header, claims, signature = new_token(stack, "forged", uid).split(".")
    forged = f"{header}.{claims}.{signature[:-8]}AAAAAAAA"
    answer = ask(stack, forged)
    assert answer.status_code == 400 and "(InvalidTokenException)" in answer.text
    if stack.generation == "0.2":
        assert metric(stack, "failure") >= 1
    assert ask(stack, first).status_code == 200, "the pod keeps what it has"


def test_boto3_goes_on_with_what_its_pod_has(stack):
    """A program whose token is rotated between two processes."""
    program = ("import boto3, json; s = boto3.Session(); "
               "print(json.dumps([s.get_credentials().access_key, "
               "s.client('sts').get_caller_identity()['Arn']]))")
    pod(stack, "program")
    run = ["run", "--service-account", "s3-reader-sa", "--pod", "program", "--", "python", "-c", program]
    first, second = (json.loads(stack.podid(*run).stdout) for _ in range(2))
    assert "/eks-local-program-" in first[1]
    assert first == second


def test_the_cluster_may_be_away(stack):
    """Keys that were told serve on, and a cluster that is away is no reason to fail."""
    if not stack.checks:
        pytest.skip("no keys are held")
    uid = pod(stack, "away")
    first, second = new_token(stack, "away", uid), new_token(stack, "away", uid)
    assert ask(stack, first).status_code == 200
    before = exchanges(stack)
    for server in ["kubernetes-api", "aws-api"]:
        stack.podid("fault", "add", "hang", "--server", server)
    assert ask(stack, second).status_code == 200 and exchanges(stack) == before
    stack.podid("fault", "clear")
