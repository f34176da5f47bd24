"""What kubectl sees of pods that admission has changed: the account's annotation, IPv6, amounts."""

import json

import pytest
from conftest import start_stack, stop_stack

NEWEST = "1.33"


@pytest.fixture(scope="module", params=["ipv4", "ipv6"])
def stack(request, tmp_path_factory):
    process, stack = start_stack(
        tmp_path_factory.mktemp("admission"),
        variables={"PODID_KUBERNETES_API_IP_FAMILY": request.param})
    stack.uri = {"ipv4": "http://169.254.170.23/v1/credentials",
                 "ipv6": "http://[fd00:ec2::23]/v1/credentials"}[request.param]
    yield stack
    stop_stack(process)


def run(stack, name, spec):
    """A pod of the seed's account, as kubectl run makes it; what kubectl reads of it."""
    overrides = {"spec": {"serviceAccountName": "s3-reader-sa", **spec}}
    stack.kubectl(NEWEST, "run", name, "--image=x", "--overrides", json.dumps(overrides))
    return json.loads(stack.kubectl(NEWEST, "get", "pod", name, "-o", "json").stdout)


def environment(pod):
    return {e["name"]: e.get("value") for e in pod["spec"]["containers"][0]["env"]}


def test_the_agents_address_and_the_regional_endpoints(stack):
    given = environment(run(stack, "plain", {}))
    assert given["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == stack.uri
    assert given["AWS_STS_REGIONAL_ENDPOINTS"] == "regional"
    annotate = ["annotate", "sa", "s3-reader-sa", "--overwrite"]
    stack.kubectl(NEWEST, *annotate, "eks.amazonaws.com/sts-regional-endpoints=false")
    given = environment(run(stack, "legacy", {}))
    assert "AWS_STS_REGIONAL_ENDPOINTS" not in given
    assert given["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == stack.uri and given["AWS_REGION"]
    stack.kubectl(NEWEST, *annotate, "eks.amazonaws.com/sts-regional-endpoints=true")
    assert environment(run(stack, "again", {}))["AWS_STS_REGIONAL_ENDPOINTS"] == "regional"


def test_a_process_finds_the_agent_all_the_same(stack):
    """podid run is on the host, whose agent is on loopback."""
    done = stack.run_as("s3-reader-sa", "aws", "sts", "get-caller-identity", "--query", "Arn")
    assert "/eks-local-" in done.stdout
    explained = stack.podid("explain", "--service-account", "s3-reader-sa", check=False)
    assert explained.returncode == 0, explained.stdout


def test_amounts_are_stored_in_one_spelling(stack):
    asked = {"cpu": "0.1", "memory": "1.5Gi", "ephemeral-storage": "1024Mi", "x.example/y": 1000}
    stored = {"cpu": "100m", "memory": "1536Mi", "ephemeral-storage": "1Gi", "x.example/y": "1k"}
    pod = run(stack, "amounts", {
        "containers": [{"name": "amounts", "image": "x", "resources": {"limits": asked}}],
        "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "2048Ki"}}]})
    assert pod["spec"]["containers"][0]["resources"] == {"limits": stored, "requests": stored}
    assert {"name": "v", "emptyDir": {"sizeLimit": "2Mi"}} in pod["spec"]["volumes"]
    pod["metadata"] = {"name": "lots"}
    pod["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "lots"}}
    refused = stack.kubectl(
        NEWEST, "create", "-f", "-", input=json.dumps(pod), check=False)
    assert refused.returncode == 1 and "quantities must match the regular expression" in refused.stderr


def test_the_version_that_is_told(stack):
    told = json.loads(stack.kubectl(NEWEST, "version", "-o", "json").stdout)["serverVersion"]
    assert (told["major"], told["minor"]) == ("1", "36")
