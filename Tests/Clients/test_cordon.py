"""A node that takes no new pods: every command that needs one says so, with what undoes it."""

import json
from pathlib import Path

from conftest import start_stack, stop_stack
from test_pod import IDENTITY

ACCOUNT = "default/s3-reader-sa"
CORDON = {"spec": {"unschedulable": True}}
MESSAGE = "0/1 nodes are available: 1 node(s) were unschedulable."


def cordon(stack, body):
    stack.api("PATCH", f"/api/v1/nodes/{stack['node']}", body, "application/merge-patch+json")


def test_a_cordoned_node_is_named(own_stack):
    cordon(own_stack, CORDON)
    status = own_stack.podid("status", "--json", check=False)
    row = json.loads(status.stdout)[-1]
    assert status.returncode == 1 and not row["healthy"]
    assert row["problem"] == "it takes no new pods (cordoned); kubectl uncordon local-node"
    made = own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "waits"},
        "spec": {"serviceAccountName": "s3-reader-sa",
                 "containers": [{"name": "app", "image": "app"}]}})
    condition, = [one for one in made["status"]["conditions"] if one["type"] == "PodScheduled"]
    assert (condition["status"], condition["reason"]) == ("False", "Unschedulable")
    assert condition["message"] == MESSAGE
    waiting = own_stack.podid("wait", "pod", "default/waits", "--timeout", "1s", check=False)
    assert waiting.returncode == 1 and MESSAGE in waiting.stderr
    explained = own_stack.podid(
        "explain", "--service-account", ACCOUNT, "--json", check=False)
    step = json.loads(explained.stdout)["steps"][-1]
    assert (step["hop"], step["mend"]) == ("node", "kubectl uncordon local-node")
    assert MESSAGE in step["text"]
    # The pod is there already, and gets its node once that takes pods again.
    cordon(own_stack, {"spec": {"unschedulable": None}})
    own_stack.podid("wait", "pod", "default/waits")
    assert own_stack.podid("status").returncode == 0


def test_run_does_not_wait_for_a_cordoned_node(own_stack):
    cordon(own_stack, CORDON)
    # Less than a pod is given to become Ready.
    done = own_stack.podid(
        "run", "--service-account", ACCOUNT, "--", "true", check=False, timeout=25)
    assert done.returncode == 1 and MESSAGE in done.stderr


def test_a_pod_on_another_node_is_not_waited_for(own_stack):
    """Its files are that node's to write, so `run` and `env` say so at once."""
    own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "podid-env-s3-reader-sa"},
        "spec": {"serviceAccountName": "s3-reader-sa", "nodeName": "elsewhere",
                 "containers": [{"name": "app", "image": "app"}]}})
    for words in (["env"], ["run", "--pod", "podid-env-s3-reader-sa", "--", "true"]):
        done = own_stack.podid(words[0], "--service-account", ACCOUNT, *words[1:], check=False,
                               timeout=20)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done
        assert "it is on node elsewhere" in done.stderr and "is local-node" in done.stderr, done


def test_a_node_of_another_name_is_the_clusters_node(tmp_path):
    """Its kubeconfig's user is the node's own: it may write its pods' files and no other's."""
    name = "ip-10-0-0-1.ec2.internal"
    process, stack = start_stack(tmp_path, variables={"PODID_NODE_AGENT_NODE_NAME": name})
    try:
        assert stack["node"] == name
        stack.api("POST", "/api/v1/namespaces/default/pods", {
            "metadata": {"name": "app"},
            "spec": {"serviceAccountName": "s3-reader-sa",
                     "containers": [{"name": "app", "image": "app"}]}})
        stack.podid("wait", "pod", "default/app")
        assert (Path(stack["agent"]["pods"]) / "default" / "app" / IDENTITY).exists()
        node = json.loads((Path(stack["state"]) / "kubernetes-api/node/kubeconfig").read_text())
        review = stack.api("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
            "spec": {"token": node["users"][0]["user"]["token"]}})
        assert review["status"]["user"]["username"] == f"system:node:{name}"
    finally:
        stop_stack(process)
