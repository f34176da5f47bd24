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


def test_a_name_is_never_another_path_nor_another_selector(own_stack):
    def pod(name, **spec):
        own_stack.api("POST", "/api/v1/namespaces/default/pods", {
            "metadata": {"name": name}, "spec": {
                "serviceAccountName": "s3-reader-sa", "containers": [
                    {"name": "app", "image": "podid.local/process", **spec}]}})

    pod("whole")
    own_stack.podid("wait", "pod", "whole")
    account = ["--service-account", ACCOUNT]
    for words, reason in [
        (["wait", "pod", "whole,metadata.name!=x", "--timeout", "1s"], "is not Ready after 1s"),
        (["wait", "pod", "whole?x=1", "--timeout", "1s"], "is not Ready after 1s"),
        (["can", *account, "--pod", "whole?x=1", "s3:GetObject", "arn:aws:s3:::b/k"], "not found"),
        (["explain", *account, "--pod", "whole?x=1"], 's3-reader-sa: s3-access-pod, whole\n'),
        (["explain", "--service-account", ACCOUNT + "?x=1"], "no name that an object of Kub"),
        (["explain", "--service-account", "default?x=1/s3-reader-sa"],
         'namespaces "default?x=1" not found; there is one of that name in another namespace'),
        # What was likely meant is told all the same.
        (["explain", "--service-account", "s3_reader_sa"], "one of almost that name: s3-reader-sa"),
        (["run", "--pod", "whole?x=1", *account, "--", "true"], "metadata.name: Invalid value"),
    ]:
        done = own_stack.podid(*words, check=False)
        assert done.returncode == 1 and reason in done.stdout + done.stderr, (words, done)
    # The node asks for what a pod names, with rights that the pod has not.
    own_stack.api("POST", "/api/v1/namespaces/default/configmaps", {
        "metadata": {"name": "real"}, "data": {"KEY": "value"}})
    for name, code in [("real", 0), ("real?x=1", 1), ("../configmaps/real", 1)]:
        pod(f"from-{code}{len(name)}", envFrom=[{"configMapRef": {"name": name}}])
        done = own_stack.podid(
            "run", *account, "--pod", f"from-{code}{len(name)}", "--", "printenv", "KEY", check=False)
        assert (done.returncode, "value" in done.stdout) == (code, code == 0), done


def test_a_refused_key_grants_itself_alone(own_stack):
    put = "import boto3; boto3.client('s3').put_object(Bucket='your-bucket-name', Key='*', Body=b'')"
    own_stack.run_as(ACCOUNT, "python3", "-c", put, check=False)
    done = own_stack.podid("explain", "--service-account", ACCOUNT, "--json", check=False)
    mend = json.loads(done.stdout)["warnings"][-1]["mend"]
    assert "your-bucket-name/${*}" in mend
    environment = {**own_stack.environment, **{
        line.split("=", 1)[0].removeprefix("export "): line.split("=", 1)[1].strip("'")
        for line in own_stack.podid("env").stdout.splitlines() if line.startswith("export ")}}
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
