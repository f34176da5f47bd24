"""The article's story with unmodified AWS clients, run as the article's pod."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

READER = "default/s3-reader-sa"
WRITER = "default/s3-writer-sa"
ROLE_ARN = re.compile(r"arn:aws:sts::111122223333:assumed-role/s3-reader-role/eks-local-.+")


def test_the_pod_is_the_role(stack):
    done = stack.run_as(READER, "aws", "sts", "get-caller-identity", "--output", "json")
    assert ROLE_ARN.fullmatch(json.loads(done.stdout)["Arn"])


def test_boto3_finds_the_role_by_its_default_chain(stack):
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    done = stack.run_as(READER, "python3", "-c", program)
    assert ROLE_ARN.fullmatch(done.stdout.strip())


def test_the_bucket_is_listed(stack):
    done = stack.run_as(READER, "aws", "s3", "ls", "s3://your-bucket-name")
    assert done.stdout.strip()


def test_download_is_allowed_and_upload_refused_with_the_sentence(stack, tmp_path):
    listing = stack.run_as(
        READER, "aws", "s3api", "list-objects-v2", "--bucket", "your-bucket-name"
    )
    key = json.loads(listing.stdout)["Contents"][0]["Key"]
    target = tmp_path / "object"
    stack.run_as(READER, "aws", "s3", "cp", f"s3://your-bucket-name/{key}", str(target))
    assert target.stat().st_size > 0
    refused = stack.run_as(
        READER, "aws", "s3", "cp", str(target), "s3://your-bucket-name/new", check=False
    )
    assert refused.returncode == 1
    assert "AccessDenied" in refused.stderr
    assert "is not authorized to perform: s3:PutObject on resource" in refused.stderr
    assert "because no identity-based policy allows the s3:PutObject action" in refused.stderr


def test_two_accounts_have_different_roles_at_once(stack):
    def role(account):
        done = stack.run_as(account, "aws", "sts", "get-caller-identity", "--output", "json")
        return json.loads(done.stdout)["Arn"].split("/")[1]

    with ThreadPoolExecutor() as pool:
        roles = list(pool.map(role, [READER, WRITER, READER, WRITER]))
    assert roles == ["s3-reader-role", "s3-writer-role"] * 2


def test_a_pod_without_association_runs_without_credentials(stack):
    done = stack.run_as("default/default", "aws", "sts", "get-caller-identity", check=False)
    assert done.returncode not in (0, 64)
    assert "podid explain" in done.stderr
    assert "Unable to locate credentials" in done.stderr


def test_exit_code_and_output_pass_through(stack):
    done = stack.run_as(READER, "sh", "-c", "echo out; echo err >&2; exit 7", check=False)
    assert (done.returncode, done.stdout) == (7, "out\n")
    assert "err\n" in done.stderr


def test_the_genuine_eks_auth_call(stack):
    """A Pod-bound token is exchanged; one without a pod is refused."""
    stack.kubectl("1.33", "run", "token-pod", "--image=x", "--overrides",
                  json.dumps({"spec": {"serviceAccountName": "s3-reader-sa"}}))
    try:
        bound = stack.kubectl(
            "1.33", "create", "token", "s3-reader-sa", "--audience", "pods.eks.amazonaws.com",
            "--bound-object-kind", "Pod", "--bound-object-name", "token-pod",
        ).stdout.strip()
        done = stack.aws(
            "eks-auth", "assume-role-for-pod-identity", "--cluster-name", "local",
            "--token", bound, "--output", "json",
        )
        answer = json.loads(done.stdout)
        assert answer["subject"] == {"namespace": "default", "serviceAccount": "s3-reader-sa"}
        assert answer["audience"] == "pods.eks.amazonaws.com"
        assert ROLE_ARN.fullmatch(answer["assumedRoleUser"]["arn"])
        unbound = stack.kubectl(
            "1.33", "create", "token", "s3-reader-sa", "--audience", "pods.eks.amazonaws.com"
        ).stdout.strip()
        refused = stack.aws(
            "eks-auth", "assume-role-for-pod-identity", "--cluster-name", "local",
            "--token", unbound, check=False,
        )
        assert "InvalidTokenException" in refused.stderr
    finally:
        stack.kubectl("1.33", "delete", "pod", "token-pod", "--wait=false")


def test_a_deleted_association_gives_the_404_text(own_stack):
    eks = own_stack.client("eks")
    found = eks.list_pod_identity_associations(
        clusterName="local", namespace="default", serviceAccount="s3-reader-sa"
    )["associations"]
    program = (
        "import boto3, os, sys, urllib.request, urllib.error\n"
        "sys.stdin.readline()\n"
        "token = open(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read()\n"
        "request = urllib.request.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],"
        " headers={'Authorization': token})\n"
        "try: urllib.request.urlopen(request)\n"
        "except urllib.error.HTTPError as e: print(e.code, e.read().decode())\n"
    )
    import subprocess

    from conftest import PODID

    process = subprocess.Popen(
        [PODID, "run", "--service-account", READER, "--", "python3", "-c",
         "print('up', flush=True)\n" + program],
        env=own_stack.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdout.readline() == "up\n"
    eks.delete_pod_identity_association(
        clusterName="local", associationId=found[0]["associationId"]
    )
    output, _ = process.communicate("go\n", timeout=60)
    assert output.startswith("404 [")
    assert (
        "(ResourceNotFoundException): The token included in the request has no service account "
        "role association for it., fault: client" in output
    )


RUST = """
from obstore.exceptions import PermissionDeniedError
from obstore.store import S3Store
store = S3Store("your-bucket-name", region="us-east-1", client_options={"allow_http": True})
print(sorted(entry["path"] for entry in store.list().collect()))
def attempt(what, *words):
    try:
        return bytes(what(*words).bytes()) if what == store.get else what(*words)
    except PermissionDeniedError:
        return "denied"
print(attempt(store.get, "hello.txt"))
print(attempt(store.put, "from rust/a+b%c.txt", b"x") != "denied")
"""


def test_object_store_for_rust_reads_and_writes(own_stack):
    # What Polars, delta-rs and DataFusion use.
    for account, expected in [
        (READER, ["b'Hello from your bucket.\\n'", "False"]), (WRITER, ["denied", "True"]),
    ]:
        lines = own_stack.run_as(account, "python3", "-c", RUST).stdout.splitlines()
        assert "'hello.txt', 'reports/orders.csv'" in lines[0] and lines[1:] == expected
