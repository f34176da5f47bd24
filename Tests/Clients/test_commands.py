"""podid's other commands: detached stacks, status, reset, env, test, clock, events, seeds."""

import json
import os
import subprocess

from conftest import PODID, clean_environment, command, start_stack, stop_stack

FREE = ["--free-ports"]

POD = "/api/v1/namespaces/default/pods/s3-access-pod"


def test_a_detached_stack_comes_and_goes(tmp_path):
    environment = clean_environment(tmp_path)

    def podid(*words, check=True):
        return command([PODID, *words], environment, check, cwd=tmp_path)

    assert "no stack is running here" in podid("status", check=False).stderr
    up = podid("up", "--detach", *FREE)
    first = up.stdout.splitlines()[0]
    assert first.startswith(
        "The stack is up. Seed: 9 created (the example that ships with podid: /"), first
    assert first.endswith("/seed).") and "seed here" not in up.stdout
    try:
        status = podid("status")
        assert "✗" not in status.stdout and "node local-node is registered" in status.stdout
        assert all(hop["healthy"] for hop in json.loads(podid("status", "--json").stdout))
        assert json.loads(podid("kubeconfig").stdout)["kind"] == "Config"
        found = json.loads(podid("kubeconfig", "--server", "https://x:1").stdout)
        assert found["clusters"][0]["cluster"]["server"] == "https://x:1"
        done = podid("run", "--service-account", "s3-reader-sa", "--", "aws", "sts",
                     "get-caller-identity", "--output", "text")
        assert "assumed-role/s3-reader-role/" in done.stdout
        second = podid("up", *FREE, check=False)
        assert second.returncode == 1 and "podid down --stack " in second.stderr
    finally:
        assert "stack.json is down.\n" in podid("down").stdout
    assert not (tmp_path / ".podid" / "stack.json").exists()
    # What was kept comes back. A seed of one's own is not taken unasked.
    (tmp_path / "seed" / "kubernetes").mkdir(parents=True)
    up = podid("up", "--detach", *FREE)
    assert "Seed: 9 unchanged (the example" in up.stdout
    assert "! the folder seed here is not applied  (podid up --seed seed)\n" in up.stdout
    empty = podid("seed", "seed")
    assert empty.stdout == "" and empty.stderr.startswith("podid: nothing is in seed: a seed holds ")
    seeded = podid("seed", str(os.environ.get("PODID_SEED_DIR") or seed_folder()))
    assert "created" not in seeded.stdout and "unchanged" in seeded.stdout
    # The ports are others now: the node must find its cluster again.
    podid("run", "--service-account", "s3-reader-sa", "--", "true")
    podid("down")
    up = podid("up", "--detach", "--seed", "seed", *FREE)
    assert "Seed: nothing in it (seed)." in up.stdout and "not applied" not in up.stdout
    podid("down")


def seed_folder():
    from conftest import REPOSITORY

    return REPOSITORY / "seed"


def test_reset_forgets_and_seeds_again(own_stack):
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    own_stack.api("POST", accounts, {"metadata": {"name": "extra"}})
    own_stack.client("iam").create_role(RoleName="extra", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": "sts:AssumeRole"}]}))
    own_stack.podid("reset")
    names = [account["metadata"]["name"] for account in own_stack.api("GET", accounts)["items"]]
    assert "s3-reader-sa" in names and "extra" not in names
    names = [r["RoleName"] for r in own_stack.client("iam").list_roles()["Roles"]]
    assert names == ["s3-reader-role", "s3-writer-role"]
    done = own_stack.run_as("default/s3-reader-sa", "aws", "s3", "ls", "s3://your-bucket-name")
    assert "hello.txt" in done.stdout


def test_reset_applies_the_seed_that_up_was_given(tmp_path):
    seed = tmp_path / "seed" / "kubernetes"
    seed.mkdir(parents=True)
    (seed / "app.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: billing}\n")
    # Relative, as it was typed: reset may be told from elsewhere.
    process, stack = start_stack(tmp_path, "--seed", "seed")
    try:
        for words in (["reset"], ["reset", "--seed", str(seed_folder())]):
            stack.podid(*words, cwd="/")
            accounts = stack.api("GET", "/api/v1/namespaces/default/serviceaccounts")["items"]
            names = {account["metadata"]["name"] for account in accounts} - {"default"}
            assert names == ({"s3-reader-sa", "s3-writer-sa"} if words[1:] else {"billing"})
        stack.podid("reset")
        seed.parent.rename(tmp_path / "moved")
        done = stack.podid("reset", check=False)
        assert done.returncode == 1 and str(seed.parent) in done.stderr
        # Nothing was forgotten.
        assert stack.api("GET", "/api/v1/namespaces/default/serviceaccounts/billing")
    finally:
        stop_stack(process)


def test_a_stack_that_is_elsewhere_is_named(own_stack, tmp_path):
    done = command([PODID, "status"], clean_environment(tmp_path), False, cwd="/")
    assert done.returncode == 1
    assert done.stderr == (
        "podid: no stack is running here: podid list shows 1 elsewhere, "
        f"use --stack {own_stack.path}; or start one with podid up\n")


def test_an_account_of_another_namespace_is_the_likely_one(own_stack):
    own_stack.api("POST", "/api/v1/namespaces", {"metadata": {"name": "billing"}})
    for namespace, name in [("billing", "auditor"), ("default", "auditors")]:
        own_stack.api("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", {
            "metadata": {"name": name}})
    account = ["--service-account", "auditor"]
    for words in [["run", *account, "--", "true"], ["events", *account]]:
        done = own_stack.podid(*words, check=False)
        assert 'there is no ServiceAccount' in done.stderr and ', but "billing/auditor"; ' in done.stderr


def test_env_is_the_pods_environment(own_stack):
    account = ["env", "--service-account", "default/s3-reader-sa"]
    shell = own_stack.podid(*account).stdout
    # The root's keys of an earlier call do not win over the pod's.
    root = own_stack.podid("env").stdout
    script = root + shell + "\naws sts get-caller-identity --output text"
    done = command(["sh", "-c", script], own_stack.environment, True)
    assert "assumed-role/s3-reader-role/" in done.stdout
    values = json.loads(own_stack.podid(*account, "--format", "json").stdout)
    assert values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == own_stack["agent"]["url"]
    assert 'AWS_REGION="us-east-1"' in own_stack.podid(*account, "--format", "dotenv").stdout
    assert own_stack.podid(*account, "--format", "x", check=False).returncode == 64
    own_stack.podid(*account, "--delete")
    pods = own_stack.api("GET", "/api/v1/namespaces/default/pods")["items"]
    assert not [pod for pod in pods if pod["metadata"]["name"].startswith("podid-env")]


def test_a_pod_that_is_there_is_taken_as_its_own_account_alone_and_stays(stack):
    words = ["--pod", "s3-access-pod", "--", "aws", "sts", "get-caller-identity", "--output", "text"]
    uid = stack.api("GET", POD)["metadata"]["uid"]
    refused = stack.podid("run", "--service-account", "s3-writer-sa", *words, check=False)
    assert refused.returncode == 1 and refused.stdout == ""
    assert ("pod default/s3-access-pod runs as ServiceAccount s3-reader-sa, not s3-writer-sa"
            in refused.stderr)
    taken = stack.podid("run", "--service-account", "s3-reader-sa", *words)
    assert "assumed-role/s3-reader-role/" in taken.stdout
    assert stack.api("GET", POD)["metadata"]["uid"] == uid


def test_test_puts_a_stack_around_a_command(tmp_path):
    environment = clean_environment(tmp_path)
    done = command([PODID, "test", "--service-account", "s3-reader-sa", "--", "aws", "s3", "ls",
                    "s3://your-bucket-name"], environment, True, cwd=tmp_path)
    assert "hello.txt" in done.stdout
    failed = command([PODID, "test", "--service-account", "s3-reader-sa", "--", "sh", "-c",
                      "aws s3 rm s3://your-bucket-name/hello.txt; exit 3"],
                     environment, False, cwd=tmp_path)
    assert failed.returncode == 3
    assert "DeleteObject default/s3-reader-sa" in failed.stderr
    assert "does not name s3:DeleteObject" in failed.stderr


def test_the_clock_moves_what_expires(own_stack):
    assert "offset 0 s" in own_stack.podid("clock", "show").stdout
    program = (
        "import boto3, os, subprocess\n"
        "session = boto3.Session(); c = session.get_credentials().get_frozen_credentials()\n"
        "sts = boto3.client('sts', aws_access_key_id=c.access_key,"
        " aws_secret_access_key=c.secret_key, aws_session_token=c.token)\n"
        "print(sts.get_caller_identity()['Arn'])\n"
        f"subprocess.run(['{PODID}', 'clock', 'advance', '7h'], check=True,"
        " stdout=subprocess.DEVNULL)\n"
        "try: sts.get_caller_identity()\n"
        "except Exception as e: print(e)\n")
    done = own_stack.run_as("default/s3-reader-sa", "python3", "-c", program)
    assert "ExpiredToken" in done.stdout
    # Whose credentials they were is known, though they are over.
    own_stack.podid("events", "--service-account", "default/s3-reader-sa", "--operation",
                    "GetCallerIdentity", "--outcome", "ExpiredToken", "--count", "1")
    assert "offset 25200 s" in own_stack.podid("clock", "show").stdout
    own_stack.podid("clock", "reset")
    assert own_stack.podid("clock", "nonsense", check=False).returncode == 64


def test_events_tell_the_story(own_stack):
    own_stack.run_as("default/s3-reader-sa", "aws", "sts", "get-caller-identity")
    events = [json.loads(line) for line in own_stack.podid("events", "--json").stdout.splitlines()]
    operations = [event["operation"] for event in events]
    for operation in ("PodIdentityMutation", "TokenRequest", "VolumesWritten", "GetCredentials",
                      "AssumeRoleForPodIdentity", "GetCallerIdentity"):
        assert operation in operations, operation
    assert "AssumeRoleForPodIdentity default/s3-reader-sa" in own_stack.podid("events").stdout


def test_events_are_counted_for_scripts(own_stack):
    account = "default/s3-reader-sa"
    own_stack.run_as(account, "aws", "sts", "get-caller-identity")
    calls = ["events", "--service-account", account, "--operation", "GetCallerIdentity"]
    for words, code in [
        (["--count", "1"], 0), (["--count", "2"], 1), (["--count", "1.."], 0),
        (["--count", "2..3"], 1), (["--outcome", "refused", "--count", "0"], 0),
        (["--outcome", "ok", "--since", "1h", "--count", "1"], 0),
        (["--since", "2999-01-01T00:00:00Z", "--count", "0"], 0),
        (["--count", "x"], 64), (["--count", "3..1"], 64), (["--since", "soon"], 64),
        (["--count", "1", "--follow"], 64),
    ]:
        done = own_stack.podid(*calls, *words, check=False)
        assert done.returncode == code, (words, done)
    # A name that is written wrongly is never counted as none.
    for words in [["events", "--count", "0"], ["events", "--follow"], ["wait", "event"]]:
        wrong = own_stack.podid(*words, "--operation", "GetCallerIdentitty", check=False)
        assert wrong.returncode == 64 and 'but "GetCallerIdentity"' in wrong.stderr
    # Every name that events have is known. The node sees a moment after podid run that the pod is gone.
    own_stack.podid("wait", "event", "--operation", "PodRemoved", "--since", "1h")
    seen = {json.loads(line)["operation"]
            for line in own_stack.podid(
                "events", "--json", "--origin", "all").stdout.splitlines()}
    assert {"PodIdentityMutation", "VolumesWritten", "PodRemoved", "PutRolePolicy"} <= seen
    for name in seen:
        assert own_stack.podid(
            "events", "--origin", "all", "--operation", name, "--count", "1..").returncode == 0
    refused = own_stack.podid(*calls, "--count", "5", check=False)
    assert refused.stderr == "podid: 1 event matches, not 5\n"
    assert refused.stdout.count("\n") == 1


def test_a_server_that_dies_stops_the_stack(tmp_path):
    path = tmp_path / "s.json"
    process = subprocess.Popen(
        [PODID, "up", "--ephemeral", "--free-ports", "--stack-file", str(path)],
        env=clean_environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if path.exists():
            break
    pid = json.loads(path.read_text())["aws"]["pid"]
    os.kill(pid, 9)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1 and "aws-api ended with 137" in errors
    assert not path.exists()


def test_random_root_keys_are_the_only_ones(tmp_path):
    environment = {**clean_environment(tmp_path), "PODID_AWS_API_ROOT_CREDENTIALS": "random"}
    script = (
        "aws sts get-caller-identity --query Arn --output text; case $AWS_ACCESS_KEY_ID in AKIA*)"
        " echo random;; esac; AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
        " aws sts get-caller-identity; echo code $?")
    done = command([PODID, "test", "--", "sh", "-c", script], environment, True, cwd=tmp_path)
    assert "arn:aws:iam::111122223333:root" in done.stdout and "random" in done.stdout
    assert "InvalidClientTokenId" in done.stderr and "code 255" in done.stdout


def test_the_demo_is_told_to_tools_and_step_by_step(tmp_path):
    environment = clean_environment(tmp_path)
    done = command([PODID, "demo", "--json"], environment, True, cwd=tmp_path)
    hops = [json.loads(line) for line in done.stdout.splitlines()]
    assert [hop["hop"] for hop in hops] == [1, 2, 3, 4, 5, 6]
    assert all(hop["ok"] for hop in hops)
    assert "is not authorized to perform: s3:PutObject" in hops[-1]["answers"][0]
    process = subprocess.Popen([PODID, "demo", "--step"], env=environment, text=True, cwd=tmp_path,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    for number in range(1, 7):
        line = process.stdout.readline()
        while not line.startswith(f"{number} "):
            line = process.stdout.readline()
        # Its answer follows once Enter is pressed, and no sooner: here it would be read with it.
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith(("  ✓", "    "))
    process.communicate(timeout=120)
    assert process.returncode == 0
    for words in (["demo", "--step", "--json"], ["up", "--follow", "--detach"]):
        done = command([PODID, *words], environment, False, cwd=tmp_path)
        assert done.returncode == 64 and done.stderr.count("\n") == 1


def test_a_stack_in_the_foreground_tells_what_happens(tmp_path):
    path = tmp_path / "s.json"
    environment = clean_environment(tmp_path)
    process = subprocess.Popen(
        [PODID, "up", "--ephemeral", "--free-ports", "--stack-file", str(path), "--follow"],
        env=environment, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line == "podid is ready\n":
            break
    environment["PODID_STACK"] = str(path)
    command([PODID, "run", "--service-account", "s3-reader-sa", "--", "aws", "sts",
             "get-caller-identity"], environment, True)
    for line in process.stdout:
        assert "CreateRole" not in line
        if "aws-api GetCallerIdentity default/s3-reader-sa" in line:
            break
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode == 0
