"""Rules of faults: set, listed, cleared, refused, kept in seeds; the recipes have a test of their own."""

import json

ACCOUNT = "default/s3-reader-sa"
<<<<<<< HEAD
=======
PROGRAM = """
import boto3
from botocore.config import Config
try:
    once = Config(retries={"total_max_attempts": 1})
    print(boto3.client("sts", config=once).get_caller_identity()["Arn"])
except Exception as error:
    print(type(error).__name__, error)
"""
ROLE = "assumed-role/s3-reader-role/"

# What follows `podid fault add`, what boto3 says, and where the fault is met.
RECIPES = [
    # boto3 asks three times, a second apart.
    ("error ThrottlingException --count 1", ROLE, "GetCredentials"),
    ("error ThrottlingException", "fault: client", "GetCredentials"),
    ("status 500 --count 2", ROLE, "GetCredentials"),
    ("status 500 --nth 1 --count 3", "Received non 200 response 500", "GetCredentials"),
    ("hang --count 1", ROLE, "GetCredentials"),
    ("delay 3s --count 1", ROLE, "GetCredentials"),
    ("reset --count 1", ROLE, "GetCredentials"),
    ("truncate --count 1", ROLE, "GetCredentials"),
    ("drip --duration 1s", ROLE, "GetCredentials"),
    ("garbage", "Unable to parse JSON returned from container metadata services",
     "GetCredentials"),
    ("past-expiration", "refreshed credentials are still expired", "GetCredentials"),
    ("no-expiration", "'Expiration'", "GetCredentials"),
    ("restart --count 1", ROLE, "GetCredentials"),
    ("restart --count 1 --operation TokenRequest", ROLE, "TokenRequest"),
    ("restart --count 1 --duration 300ms --operation AssumeRoleForPodIdentity", ROLE,
     "AssumeRoleForPodIdentity"),
    # The credentials say that they last, and do not: the first signed call tells.
    ("stale-credentials", "(ExpiredToken)", "AssumeRoleForPodIdentity"),
    ("association-not-visible --count 1", ROLE, "AssumeRoleForPodIdentity"),
    ("association-not-visible", "no service account role association",
     "AssumeRoleForPodIdentity"),
    ("past-expiration --operation AssumeRoleForPodIdentity", "fetched credentials are expired",
     "AssumeRoleForPodIdentity"),
    ("expired-token --operation AssumeRoleForPodIdentity", "ExpiredTokenException",
     "AssumeRoleForPodIdentity"),
    ("wrong-audience --operation AssumeRoleForPodIdentity", "InvalidTokenException",
     "AssumeRoleForPodIdentity"),
    ("delay 1500ms --operation AssumeRoleForPodIdentity --count 1", ROLE,
     "AssumeRoleForPodIdentity"),
    ("wrong-audience --operation TokenRequest", "its audience must be pods.eks.amazonaws.com",
     "TokenRequest"),
    ("expired-token --operation TokenRequest", "failed basic claim validations", "TokenRequest"),
    ("error Throttling --operation GetCallerIdentity", "(Throttling)", "GetCallerIdentity"),
]
PORTS = {"GetCredentials": "agent", "TokenRequest": "kubernetes"}


@pytest.mark.parametrize("words,expected,operation", RECIPES, ids=[r[0] for r in RECIPES])
def test_a_fault_is_one_command(own_stack, words, expected, operation):
    added = own_stack.podid("fault", "add", *words.split(), "--service-account", ACCOUNT)
    assert f"operation={operation}" in added.stdout
    done = own_stack.run_as(ACCOUNT, "python3", "-c", PROGRAM)
    assert expected in done.stdout, done.stdout
    port = PORTS.get(operation, "aws")
    if "restart" not in words:
        # A delayed answer that nobody waits for is told of when it is made.
        for _ in range(100):
            if any(event.get("fault") == "f1" for event in own_stack.events(port)):
                break
            time.sleep(0.05)
        else:
            pytest.fail("no event names the fault")
    listed = json.loads(own_stack.podid("fault", "list", "--json").stdout)
    faults = [fault for server in listed.values() for fault in server["faults"]]
    assert [fault["id"] for fault in faults] == ["f1"]
    assert faults[0]["met"] >= 1


def test_a_server_that_restarted_still_stops_when_it_is_told(own_stack):
    for operation in ["GetCredentials", "AssumeRoleForPodIdentity"]:
        own_stack.podid("fault", "add", "restart", "--count", "1", "--operation", operation)
    own_stack.run_as(ACCOUNT, "python3", "-c", PROGRAM)
    begun = time.monotonic()
    own_stack.podid("down")
    # Those that do not listen are killed, after five seconds at least.
    assert time.monotonic() - begun < 4
>>>>>>> workshop


def test_cleared_faults_are_gone_and_bad_ones_are_refused(own_stack):
    own_stack.podid("fault", "add", "hang", "--id", "mine")
    assert own_stack.podid("fault", "clear", "mine").stdout == ""
    for words, code, text in [
        (["add", "explode"], 1, 'no server knows the action "explode"'),
        (["add", "hang", "--operation", "Nothing"], 1, 'no server has an operation "Nothing"'),
        (["add", "error", "WeirdException"], 1, "give its status too"),
        (["add", "delay"], 1, "the action delay needs a duration"),
        (["add", "hang", "--nth", "x"], 64, "--nth must be a number"),
        (["add"], 64, "usage: podid fault"),
        (["clear", "nobody"], 1, "there is no fault nobody"),
    ]:
        done = own_stack.podid("fault", *words, check=False)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert text in done.stderr and done.stderr.count("\n") == 1
    assert own_stack.podid("fault", "list").stdout == ""


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
    assert 'faults.yaml: no server has an operation "Nothing"' in refused.stderr
    own_stack.podid("reset")
    assert own_stack.podid("fault", "list").stdout == ""
