"""A test that is green only as the role it is about: `podid test --only-role`, `podid callers`."""

import json

import pytest
from conftest import PODID, clean_environment, command

READER = ["--service-account", "default/s3-reader-sa"]
WRITER = ["--service-account", "default/s3-writer-sa"]
LIST = "aws s3 ls s3://your-bucket-name >/dev/null"
# What a developer's machine has in its files, and an app falls back to.
AS_ROOT = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test "
UNKNOWN = "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=other "
UNSIGNED = "aws --no-sign-request s3 ls s3://your-bucket-name >/dev/null 2>&1 || true"
IDENTITY = "aws sts get-caller-identity >/dev/null 2>&1 || true"


def run(folder, *words):
    return command([PODID, "test", *words], clean_environment(folder), False)


def sh(folder, script, *flags):
    return run(folder, *flags, "--", "sh", "-c", script)


CALLERS = [
    (f"{LIST}; {AS_ROOT}{IDENTITY}", "  GetCallerIdentity as the account's root, once"),
    (f"{LIST}; {AS_ROOT}aws s3 ls s3://your-bucket-name >/dev/null",
     "  ListObjectsV2 as the account's root, once"),
    (f"{LIST}; {UNSIGNED}",
     "  ListObjectsV2 as nobody who is known (The request is not signed.), once"),
    (f"{LIST}; {UNKNOWN}{IDENTITY}",
     "  GetCallerIdentity as nobody who is known (The access key id is not known here.), once"),
    (f"{LIST}; {PODID} run --service-account default/s3-writer-sa -- {LIST}",
     "  ListObjectsV2 as role s3-writer-role, once"),
]
CALLER_NAMES = ["root", "root of S3", "unsigned", "unknown keys", "another pod's"]


@pytest.mark.parametrize("script, said", CALLERS, ids=CALLER_NAMES)
@pytest.mark.parametrize("flags", [READER, [*READER, "--only-role", "s3-reader-role"]],
                         ids=["by the account", "by the role"])
def test_calls_as_somebody_else_are_red_and_named(tmp_path, flags, script, said):
    done = sh(tmp_path, script, *flags)
    assert done.returncode == 1, done
    assert said in done.stderr and "AWS was called otherwise than as" in done.stderr
    # Those of the role are not among them.
    assert done.stderr.count(", first at ") == 1


@pytest.mark.parametrize("script", [script for script, _ in CALLERS], ids=CALLER_NAMES)
def test_calls_as_somebody_else_are_allowed_where_any_role_is(tmp_path, script):
    allowed = sh(tmp_path, script, *READER, "--any-role")
    assert (allowed.returncode, allowed.stderr) == (0, "")


def test_what_is_as_it_should_be_is_green(tmp_path):
    expired = f"{PODID} clock advance 7h; {LIST}; {PODID} clock reset; {LIST}"
    for script in [
            LIST, "true", expired,
            # What podid itself calls for the test is none of the test's calls.
            f"{LIST}; {PODID} seed; {PODID} explain {' '.join(READER)}; {PODID} explain "
            f"{' '.join(WRITER)}; {PODID} can {' '.join(WRITER)} s3:GetObject '*'; {PODID} events",
            f"{LIST}; aws s3 rm s3://your-bucket-name/hello.txt || true"]:
        done = sh(tmp_path, script, *READER, "--only-role", "s3-reader-role")
        assert done.returncode == 0, (script, done)
        assert "otherwise" not in done.stderr
        done = sh(tmp_path, script, *READER)
        assert done.returncode == 0, (script, done)


def test_a_session_that_expired_is_still_the_pods(tmp_path):
    script = ("import boto3, subprocess\n"
              "s3 = boto3.client('s3')\n"
              "s3.list_objects_v2(Bucket='your-bucket-name')\n"
              f"subprocess.run(['{PODID}', 'clock', 'advance', '7h'], check=True)\n"
              "try: s3.list_objects_v2(Bucket='your-bucket-name')\n"
              "except Exception as error: assert 'Expired' in str(error), error\n"
              "else: raise SystemExit('it did not expire')\n")
    for flags in [READER, [*READER, "--only-role", "s3-reader-role"]]:
        done = run(tmp_path, *flags, "--", "python3", "-c", script)
        assert done.returncode == 0, done


def test_without_an_account_the_commands_own_keys_are_the_roots(tmp_path):
    pod = f"{PODID} run {' '.join(READER)} -- {LIST}"
    role = ["--only-role", "arn:aws:iam::111122223333:role/s3-reader-role"]
    assert sh(tmp_path, pod, *role).returncode == 0
    done = sh(tmp_path, f"{pod}; {IDENTITY}", *role)
    assert done.returncode == 1 and "GetCallerIdentity as the account's root" in done.stderr
    assert sh(tmp_path, IDENTITY).returncode == 0


def test_calls_of_before_a_restart_count(tmp_path):
    """A server that restarts forgets its events."""
    script = (f"{AS_ROOT}{IDENTITY}; {PODID} fault add restart --operation ListObjectsV2 --count 1; "
              f"{LIST} 2>/dev/null; {LIST}")
    done = sh(tmp_path, script, *READER)
    assert done.returncode == 1
    assert "GetCallerIdentity as the account's root" in done.stderr


def test_a_command_that_failed_keeps_its_code(tmp_path):
    done = sh(tmp_path, f"{AS_ROOT}{IDENTITY}; exit 7", *READER)
    assert done.returncode == 7 and "the account's root" in done.stderr


def test_a_role_that_nobody_has(tmp_path):
    done = sh(tmp_path, "true", *READER, "--only-role", "s3-raeder-role")
    assert done.returncode == 1 and "there is no role s3-raeder-role" in done.stderr
    done = sh(tmp_path, "true", "--only-role", "x", "--any-role")
    assert done.returncode == 64 and "exclude each other" in done.stderr


def test_sessions_assumed_from_the_role_count_as_it(tmp_path):
    """Through a target role, as EKS has it for other accounts: calls are made as the second one."""
    (tmp_path / "seed").mkdir()
    for name in ["kubernetes", "aws"]:
        (tmp_path / "seed" / name).mkdir()
    account, role = "111122223333", "arn:aws:iam::111122223333:role/"
    (tmp_path / "seed/kubernetes/a.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: hopper, namespace: default}\n")
    both = ["sts:AssumeRole", "sts:TagSession"]
    roles = [
        {"RoleName": "first", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": both}]},
         "Policies": [{"PolicyName": "hop", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
             {"Effect": "Allow", "Action": both, "Resource": role + "second"}]}}]},
        {"RoleName": "second", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": role + "first"}, "Action": both}]}}]
    (tmp_path / "seed/aws/a.yaml").write_text(json.dumps({
        "roles": roles, "associations": [{
            "namespace": "default", "serviceAccount": "hopper", "roleArn": role + "first",
            "targetRoleArn": role + "second"}]}))
    seed = ["--seed", str(tmp_path / "seed"), "--service-account", "default/hopper"]
    script = "aws sts get-caller-identity --query Arn --output text"
    for flags in [[], ["--only-role", "first"], ["--only-role", "second"]]:
        done = sh(tmp_path, script, *seed, *flags)
        assert done.returncode == 0, done
        assert f"arn:aws:sts::{account}:assumed-role/second/" in done.stdout
    done = sh(tmp_path, script, *seed, "--only-role", "s3-reader-role")
    assert done.returncode == 1 and "as role second" in done.stderr


def test_callers_of_a_running_stack(stack):
    reader = stack.run_as(READER[1], "aws", "sts", "get-caller-identity")
    assert reader.returncode == 0
    start = json.loads(stack.podid(
        "events", *READER, "--operation", "GetCallerIdentity", "--json").stdout.splitlines()[-1])
    since = ["--since", start["time"]]
    (call,) = json.loads(stack.podid("callers", *since, "--json").stdout)
    assert (call["operation"], call["principal"], call["count"]) == (
        "GetCallerIdentity", "role s3-reader-role", 1)
    for rule in [READER, ["--only-role", "s3-reader-role"]]:
        assert stack.podid("callers", *since, *rule).stdout == ""
    done = stack.podid("callers", *since, *WRITER, check=False)
    assert done.returncode == 1 and "GetCallerIdentity as role s3-reader-role, once" in done.stdout
    assert "otherwise than as the role of default/s3-writer-sa" in done.stderr


def test_explain_warns_of_an_app_with_the_roots_keys(own_stack):
    explain = ["explain", *READER, "--json"]
    assert "root calls" not in [
        warning["hop"] for warning in json.loads(own_stack.podid(*explain).stdout)["warnings"]]
    own_stack.client("sts").get_caller_identity()
    own_stack.podid("explain", *WRITER)
    found = json.loads(own_stack.podid(*explain).stdout)
    (warning,) = [warning for warning in found["warnings"] if warning["hop"] == "root calls"]
    assert warning["text"].startswith("1 call as the account's root lately, the last GetCallerId")
    assert found["ok"]
