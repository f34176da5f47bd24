"""What `podid explain` prints of names that somebody else wrote is safe to paste."""

import json
import subprocess

import pytest

ACCOUNT = "default/s3-reader-sa"


@pytest.mark.parametrize("name", [
    "x$(touch pasted)", "x`touch pasted`", "x;touch pasted", "x|touch pasted", "x&touch pasted",
    "--kubeconfig=/etc/passwd", "x' $(touch pasted) '", "x\n touch pasted"])
@pytest.mark.parametrize("kind", ["configMap", "secret"])
def test_a_reference_of_a_pod_is_no_command(own_stack, tmp_path, kind, name):
    member = "name" if kind == "configMap" else "secretName"
    own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "hostile"},
        "spec": {"serviceAccountName": "s3-reader-sa",
                 "containers": [{"name": "app", "image": "i", "volumeMounts": [
                     {"name": "v", "mountPath": "/v"}]}],
                 "volumes": [{"name": "v", kind: {member: name}}]}})
    words = ["explain", "--service-account", ACCOUNT, "--pod", "hostile"]
    found = json.loads(own_stack.podid(*words, "--json", check=False).stdout)
    mend = found["steps"][-1]["mend"]
    assert mend.startswith("kubectl delete pod hostile -n default")
    subprocess.run(["sh", "-c", f"kubectl() {{ :; }}\naws() {{ :; }}\n{mend}"], cwd=tmp_path,
                   check=True)
    assert not list(tmp_path.glob("pasted*"))
    shown = own_stack.podid(*words, check=False).stdout
    assert "\n touch pasted" not in shown


@pytest.mark.parametrize("name", [
    "s3-reader-sa?dryRun=All", "s3-reader-sa/token", "..", "s3-reader-sa#x", "a%2Fb", "a b"])
def test_a_name_is_never_another_path(own_stack, name):
    name = name if "/" not in name else "default/" + name.replace("/", "%2F")
    explained = own_stack.podid("explain", "--service-account", name, check=False)
    assert explained.returncode == 1
    assert "is no name that an object of Kubernetes can have" in explained.stdout
    run = own_stack.podid("run", "--service-account", name, "--", "true", check=False)
    assert run.returncode == 1 and "not found" in run.stderr
    waited = own_stack.podid("wait", "pod", name, "--timeout", "50ms", check=False)
    assert waited.returncode == 1 and "is not Ready" in waited.stderr


def test_a_refused_key_grants_itself_alone(own_stack):
    put = "import boto3; boto3.client('s3').put_object(Bucket='your-bucket-name', Key='*', Body=b'')"
    own_stack.run_as(ACCOUNT, "python3", "-c", put, check=False)
    done = own_stack.podid("explain", "--service-account", ACCOUNT, "--json", check=False)
    mend = json.loads(done.stdout)["warnings"][-1]["mend"]
    assert "your-bucket-name/${*}" in mend
    environment = {**own_stack.environment, **{
        line.split("=", 1)[0].removeprefix("export "): line.split("=", 1)[1].strip("'")
        for line in own_stack.podid("env").stdout.splitlines()}}
    subprocess.run(["sh", "-c", mend], env=environment, check=True)
    assert own_stack.run_as(ACCOUNT, "python3", "-c", put).returncode == 0
    other = own_stack.run_as(
        ACCOUNT, "python3", "-c", put.replace("'*'", "'other'"), check=False)
    assert "AccessDenied" in other.stderr


def test_a_key_forges_no_line_of_the_events(own_stack):
    put = ("import boto3; boto3.client('s3').put_object(Bucket='your-bucket-name',"
           " Key='x\\u202e\\n09:00:00.000 aws-api Forged ok\\x1b[31m', Body=b'')")
    own_stack.run_as(ACCOUNT, "python3", "-c", put, check=False)
    shown = own_stack.podid(
        "events", "--operation", "PutObject", "--service-account", ACCOUNT).stdout
    assert "Forged" in shown and shown.count("\n") == 1
    assert "\x1b" not in shown and "\u202e" not in shown
