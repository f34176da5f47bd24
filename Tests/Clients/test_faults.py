"""Rules of faults: set, listed, cleared, refused, kept in seeds; the recipes have a test of their own."""

import json

from conftest import PODID, clean_environment, command
from pace import Pace

ACCOUNT = "default/s3-reader-sa"
PROGRAM = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"


def test_a_server_that_restarted_still_stops_when_it_is_told(own_stack):
    for operation in ["GetCredentials", "AssumeRoleForPodIdentity"]:
        own_stack.podid("fault", "add", "restart", "--count", "1", "--operation", operation)
    own_stack.run_as(ACCOUNT, "python3", "-c", PROGRAM)
    with Pace() as pace:
        own_stack.podid("down")
    # Those that do not listen are killed, after five seconds at least.
    assert pace.seconds < 4


def test_cleared_faults_are_gone_and_bad_ones_are_refused(own_stack):
    own_stack.podid("fault", "add", "hang", "--id", "mine")
    assert own_stack.podid("fault", "clear", "mine").stdout == ""
    for words, code, text in [
        (["add", "explode"], 64, 'there is no "explode"; there are error, status'),
        (["add", "hang", "--operation", "Nothing"], 64, 'no server has an operation "Nothing"'),
        (["add", "error", "WeirdException"], 64, "give its status too"),
        (["add", "delay"], 64, "the action delay needs a duration"),
        (["add", "hang", "--server", "x"], 64, 'there is no server "x"'),
        (["add", "hang", "--operation", "TokenRequestt"], 64, 'but "TokenRequest"'),
        (["add", "hang", "--nth", "x"], 64, "--nth must be a number"),
        (["add"], 64, "usage: podid fault"),
        (["clear", "nobody"], 1, "there is no fault nobody"),
    ]:
        done = own_stack.podid("fault", *words, check=False)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert text in done.stderr and done.stderr.count("\n") == 1
    assert own_stack.podid("fault", "list").stdout == ""


def test_each_servers_faults_have_ids_of_their_own(own_stack):
    for server in ["kubernetes-api", "aws-api", "node-agent"]:
        added = own_stack.podid("fault", "add", "hang", "--server", server, "--pod", "nobody")
        assert added.stdout.startswith(f"{server}  id={server}-1 ")
    # One that is spent is no news.
    own_stack.podid("fault", "add", "status", "418", "--operation", "GetCallerIdentity", "--count", "1")
    own_stack.aws("sts", "get-caller-identity", check=False)
    assert "action=status" in own_stack.podid("fault", "list").stdout
    own_stack.podid("clock", "advance", "5m")
    told = own_stack.podid("status").stdout.splitlines()[5:]
    assert len(told) == 4
    assert [line.split(" has a fault set: ")[0] for line in told[:3]] == [
        "! kubernetes-api", "! aws-api", "! node-agent"]
    place = f"--stack {own_stack.environment['PODID_STACK']}"
    assert told[1].endswith(f"  (podid fault clear aws-api-1 {place})")
    assert told[3] == f"! the stack's clock is moved by 300 s  (podid clock reset {place})"
    left = own_stack.podid("fault", "clear", "aws-api-1").stdout
    assert "id=kubernetes-api-1" in left and "id=node-agent-1" in left and "aws-api-1" not in left


def test_clearing_one_fault_clears_no_other(own_stack):
    def left():
        listed = json.loads(own_stack.podid("fault", "list", "--json").stdout)
        return [fault["id"] for server in listed.values() for fault in server["faults"]]

    for name in "abc":
        own_stack.podid("fault", "add", "hang", "--pod", name, "--id", name)
    own_stack.podid("fault", "clear", "--id", "a")
    assert left() == ["b", "c"]
    for words, code in [(["--id", "nope"], 1), (["--pod", "b"], 64), (["b", "--id", "c"], 64)]:
        assert own_stack.podid("fault", "clear", *words, check=False).returncode == code
    assert left() == ["b", "c"]


def test_kept_faults_do_not_keep_a_stack_from_starting(tmp_path):
    environment = clean_environment(tmp_path)

    def podid(*words):
        return command([PODID, *words], environment, True, cwd=tmp_path).stdout

    podid("up", "--detach", "--free-ports")
    try:
        for operation in ["GetRole", "get serviceaccounts"]:
            podid("fault", "add", "hang", "--operation", operation)
        podid("down")
        podid("up", "--detach", "--free-ports")
        listed = podid("fault", "list")
        assert listed.count("action=hang") == 2 and "met=0" in listed
        podid("fault", "clear")
    finally:
        command([PODID, "down"], environment, False, cwd=tmp_path)


def test_a_seed_sets_faults(own_stack, tmp_path):
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "faults.yaml").write_text(
        "- {id: slow, action: delay, duration: 10ms, operation: GetCredentials}\n"
        "- {id: denied, action: error, code: AccessDenied, operation: ListObjectsV2}\n")
    for outcome in ["created", "unchanged"]:
        lines = own_stack.podid("seed", str(seed)).stdout.splitlines()
        assert [line.split() for line in lines] == [
            [outcome, "fault", "slow", "of", "node-agent"],
            [outcome, "fault", "denied", "of", "aws-api"]]
    done = own_stack.run_as(
        ACCOUNT, "aws", "s3", "ls", "s3://your-bucket-name", check=False)
    assert "(AccessDenied) when calling the ListObjectsV2" in done.stderr
    (seed / "faults.yaml").write_text("- {action: hang, operation: Nothing}\n")
    refused = own_stack.podid("seed", str(seed), check=False)
    assert refused.returncode == 1
    assert 'faults.yaml:1: no server has an operation "Nothing"' in refused.stderr
    (seed / "faults.yaml").write_text("- {action: delay, duration: 3x}\n")
    (seed / "s3" / "not-made").mkdir(parents=True)
    refused = own_stack.podid("seed", str(seed), check=False)
    assert refused.returncode == 1 and "faults.yaml:" in refused.stderr
    buckets = own_stack.client("s3").list_buckets()["Buckets"]
    assert "not-made" not in [bucket["Name"] for bucket in buckets]
    own_stack.podid("clock", "advance", "2h")
    own_stack.podid("reset")
    assert own_stack.podid("fault", "list").stdout == ""
    assert own_stack.podid("clock", "show").stdout.count("offset 0 s") == 3
