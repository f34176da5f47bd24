"""Events and counts: whose doing something was, names that nobody has, and what the logs tell."""

import json
import time
from pathlib import Path

import pytest
from conftest import PODID, clean_environment, command

READER = "default/s3-reader-sa"


def events(stack, *words):
    done = stack.podid("events", "--json", *words)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_untouched_stack_refused_nobody_anything(tmp_path):
    environment = clean_environment(tmp_path)
    done = command([PODID, "test", "--", PODID, "events", "--outcome", "refused", "--count", "0"],
                   environment, True, cwd=tmp_path)
    assert done.stdout == done.stderr == ""
    # The seed met what was not there yet; that is the stack's own.
    own = command([PODID, "test", "--", PODID, "events", "--outcome", "refused", "--count", "1..",
                   "--origin", "stack"], environment, True, cwd=tmp_path)
    assert "GetRole NoSuchEntity" in own.stdout.replace("\x1b", "")
    # With keys of its own, kubernetes-api is known all the same.
    random = {**environment, "PODID_AWS_API_ROOT_CREDENTIALS": "random"}
    command([PODID, "test", "--", PODID, "events", "--operation", "CreatePodIdentityAssociation",
             "--count", "0"], random, True, cwd=tmp_path)


def test_explain_leaves_no_trace_in_what_apps_did(own_stack):
    own_stack.run_as(READER, "aws", "sts", "get-caller-identity")
    own_stack.podid("wait", "event", "--operation", "PodRemoved", "--since", "1h")
    before = events(own_stack)
    own_stack.podid("explain", "--service-account", READER)
    own = ["--origin", "stack", "--service-account", READER, "--operation"]
    own_stack.podid("wait", "event", *own, "PodRemoved", "--since", "1h")
    assert events(own_stack) == before
    for operation in ["PodIdentityMutation", "TokenRequest", "AssumeRoleForPodIdentity",
                      "GetCredentials", "GetCallerIdentity", "VolumesWritten"]:
        own_stack.podid("events", *own, operation, "--count", "1..")
    # What explain is refused is no app's refusal, and what the app is refused is.
    own_stack.aws("iam", "delete-role-policy", "--role-name", "s3-reader-role",
                  "--policy-name", "s3-read")
    own_stack.aws("iam", "update-assume-role-policy", "--role-name", "s3-reader-role",
                  "--policy-document", json.dumps({"Version": "2012-10-17", "Statement": {
                      "Effect": "Deny", "Principal": {"Service": "pods.eks.amazonaws.com"},
                      "Action": "sts:AssumeRole"}}))
    refused = ["--outcome", "refused", "--operation", "AssumeRoleForPodIdentity", "--count"]
    own_stack.podid("explain", "--service-account", READER, check=False)
    own_stack.podid("events", *refused, "0")
    own_stack.run_as(READER, "aws", "sts", "get-caller-identity", check=False)
    own_stack.podid("events", *refused, "1..")


def test_an_app_cannot_hide_what_it_was_refused(own_stack):
    """The header by which the stack's calls are known proves nothing without the admin token."""
    pod = own_stack.podid("env", "--service-account", READER, "--format", "json")
    variables = json.loads(pod.stdout)
    program = (
        "import boto3, botocore.exceptions, os, requests\n"
        "def mark(request, **_): request.headers['X-Podid-Origin'] = 'stack'\n"
        "client = boto3.client('iam')\n"
        "client.meta.events.register('before-send', mark)\n"
        "try: client.create_role(RoleName='x', AssumeRolePolicyDocument='{}')\n"
        "except botocore.exceptions.ClientError as error: print(error)\n"
        "requests.get(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],"
        " headers={'Authorization': 'nonsense', 'X-Podid-Origin': 'stack'})\n")
    done = command(["python3", "-c", program], {**own_stack.environment, **variables}, True)
    assert "AccessDenied" in done.stdout
    own_stack.podid("events", "--operation", "CreateRole", "--outcome", "AccessDenied",
                    "--service-account", READER, "--count", "1")
    own_stack.podid("events", "--operation", "GetCredentials", "--outcome", "400", "--count", "1")


def test_a_pod_cannot_pass_for_the_stacks_own(own_stack):
    import requests

    proof = "podid.local/origin"
    own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "sly", "annotations": {proof: "stack"}},
        "spec": {"serviceAccountName": "s3-reader-sa",
                 "containers": [{"name": "a", "image": "b"}]}})
    own_stack.podid("wait", "pod", "sly")
    own_stack.podid("events", "--operation", "VolumesWritten", "--count", "2")
    assert requests.get(own_stack["agent"]["url"], timeout=5).status_code == 400


def test_names_that_nobody_has_are_wrong_usage(own_stack):
    for words, near in [
        (["--outcome", "AcessDenied"], 'but "AccessDenied"'),
        (["--outcome", "Forbiden"], 'but "Forbidden"'),
        (["--outcome", "nobodys"], "outcomes in podid fault list"),
        (["--outcome", "4031"], "403"),
        (["--service-account", "default/s3-reader"], 'but "default/s3-reader-sa"'),
        (["--service-account", "nowhere/app"], "kubectl get serviceaccounts"),
        (["--origin", "apps"], "must be app, stack or all"),
    ]:
        done = own_stack.podid("events", *words, "--count", "0", check=False)
        assert done.returncode == 64 and near in done.stderr, (words, done)
        assert done.stderr.count("\n") == 1
    for outcome in ["AccessDenied", "NoSuchKey", "NotFound", "403", "ok", "fault", "skipped"]:
        own_stack.podid("events", "--outcome", outcome, "--service-account", READER,
                        "--count", "0..")
    wrong = own_stack.podid("wait", "event", "--outcome", "AcessDenied", check=False)
    assert wrong.returncode == 64
    # The code of a fault is a name as soon as the fault is set, and stays one with its events.
    odd = ["events", "--outcome", "OddException", "--count"]
    assert own_stack.podid(*odd, "0", check=False).returncode == 64
    own_stack.podid("fault", "add", "error", "OddException", "--status", "400", "--operation",
                    "GetCallerIdentity")
    own_stack.podid(*odd, "0")
    own_stack.aws("sts", "get-caller-identity", check=False)
    own_stack.podid("fault", "clear")
    own_stack.podid(*odd, "1..")
    # So does an account that is gone.
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    own_stack.api("POST", accounts, {"metadata": {"name": "short-lived"}})
    own_stack.run_as("default/short-lived", "true")
    own_stack.api("DELETE", f"{accounts}/short-lived")
    own_stack.podid("events", "--service-account", "default/short-lived", "--count", "1..")


def test_follow_begins_with_what_there_is_by_time(own_stack):
    import subprocess

    own_stack.run_as(READER, "aws", "sts", "get-caller-identity")
    own_stack.podid("wait", "event", "--operation", "PodRemoved", "--since", "1h")
    kept = events(own_stack, "--origin", "all")
    assert len({event["service"] for event in kept}) == 3
    following = subprocess.Popen(
        [PODID, "events", "--follow", "--json", "--origin", "all"], text=True,
        env=own_stack.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        backlog = [json.loads(following.stdout.readline()) for _ in kept]
        assert backlog == kept
        assert [event["time"] for event in backlog] == sorted(event["time"] for event in backlog)
        own_stack.aws("sts", "get-caller-identity")
        fresh = json.loads(following.stdout.readline())
        assert fresh["operation"] == "GetCallerIdentity" and fresh["origin"] == "app"
    finally:
        following.terminate()
        following.communicate(timeout=20)


def refusals(stack, service):
    path = Path(stack["state"]) / "logs" / f"{service}.log"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["message"] == "refused"]


def written(stack, service, operation):
    """The lines about an operation; a log is written a moment after its event."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = [line for line in refusals(stack, service) if line["operation"] == operation]
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{service}'s log tells nothing of {operation}")


def test_denials_are_lines_of_the_servers_logs(own_stack):
    # What the seed met is not among them.
    assert refusals(own_stack, "aws-api") == []
    own_stack.run_as(READER, "aws", "s3api", "put-object", "--bucket", "your-bucket-name", "--key", "k",
                     check=False)
    [line] = written(own_stack, "aws-api", "PutObject")
    assert (line["level"], line["subject"], line["check"], line["outcome"]) == (
        "info", READER, "identity-policy", "AccessDenied")
    assert "s3:PutObject" in line["reason"] and line["requestId"]
    # A bad token, with the reason but not the token, at the agent and at the API server.
    import requests

    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZQ"
    requests.get(own_stack["agent"]["url"], headers={"Authorization": token}, timeout=5)
    requests.get(own_stack["kubernetes"]["url"] + "/api/v1/pods", timeout=5,
                 headers={"Authorization": f"Bearer {token}"}, verify=own_stack["kubernetes"]["ca"])
    assert written(own_stack, "node-agent", "GetCredentials")[0]["check"]
    assert written(own_stack, "kubernetes-api", "Authenticate")[0]["check"] == "token"
    for service in ["node-agent", "kubernetes-api", "aws-api"]:
        text = (Path(own_stack["state"]) / "logs" / f"{service}.log").read_text()
        assert "c2lnbmF0dXJl" not in text


def test_waiting_for_an_account_that_does_not_come_says_so(stack):
    done = stack.podid("wait", "refresh", "--service-account", "s3-raeder-sa", "--timeout", "1s",
                       check=False)
    assert done.returncode == 1
    assert 'there is no ServiceAccount "default/s3-raeder-sa", but "default/s3-reader-sa"' in done.stderr
