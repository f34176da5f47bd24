"""The promises of the threat model, each attacked as its adversary would."""

import json
import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

PORTS = [
    ("kubernetes", "url", "/version"), ("aws", "url", "/"), ("s3", "url", "/"),
    ("kubernetes", "admin", "/healthz"), ("aws", "admin", "/healthz"),
    ("agent", "admin", "/healthz"), ("agent", "probe", "/healthz"),
    ("agent", "metrics", "/metrics"), ("agent", "url", ""),
]


def get(stack, part, key, path, headers, method="GET"):
    verify = stack["kubernetes"]["ca"] if part == "kubernetes" and key == "url" else True
    return requests.request(
        method, stack[part][key] + path, headers=headers, verify=verify, timeout=60)


@pytest.mark.parametrize("part, key, path", PORTS)
def test_dns_rebinding_is_refused(stack, part, key, path):
    port = urlsplit(stack[part][key]).port
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example",
                 "169.254.170.23.evil.example"):
        answer = get(stack, part, key, path, {"Host": host})
        assert answer.status_code in (400, 403), (host, answer.status_code)


@pytest.mark.parametrize("part, key, path", [p for p in PORTS if p[1] != "url" or p[0] != "agent"])
def test_web_pages_are_refused(stack, part, key, path):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"Sec-Fetch-Site": "cross-site"}):
        for method in ("GET", "POST", "OPTIONS"):
            answer = get(stack, part, key, path, headers, method)
            assert answer.status_code == 403, (headers, method, answer.status_code)
            assert not [h for h in answer.headers if h.lower().startswith("access-control")]


def test_admin_ports_need_the_token(stack):
    for port in ("kubernetes", "aws", "agent"):
        for method, path in [("GET", "/events"), ("GET", "/clock"), ("PUT", "/clock"),
                             ("POST", "/reset"), ("POST", "/flush"), ("GET", "/nosuch")]:
            assert stack.admin(port, path, method, token=False).status_code == 401
            wrong = requests.request(
                method, stack[port]["admin"] + path, timeout=60,
                headers={"Authorization": "Bearer " + "x" * 43})
            assert wrong.status_code == 401
        assert stack.admin(port, "/healthz", token=False).json()["pid"] == stack[port]["pid"]


def test_query_actions_only_by_post(stack):
    """A page could send GETs: those act on nothing but a presigned GetCallerIdentity."""
    sts = stack.client("sts")
    url = sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")
    assert "GetCallerIdentityResult" in requests.get(url, timeout=60).text
    iam = stack.client("iam")
    url = iam.generate_presigned_url(
        "delete_role", Params={"RoleName": "s3-reader-role"}, HttpMethod="GET")
    answer = requests.get(url, timeout=60)
    assert 400 <= answer.status_code < 500
    assert iam.get_role(RoleName="s3-reader-role")


def kubernetes(stack, token, method, path, body=None):
    return requests.request(
        method, stack["kubernetes"]["url"] + path, verify=stack["kubernetes"]["ca"], json=body,
        headers={"Authorization": "Bearer " + token} if token else {}, timeout=60)


def test_a_pods_token_gives_its_role_and_nothing_more(stack):
    own = stack.kubectl("1.33", "create", "token", "s3-reader-sa").stdout.strip()
    node = json.loads(open(os.path.join(
        stack["state"], "kubernetes-api/node/kubeconfig")).read())["users"][0]["user"]["token"]
    core = "/api/v1/namespaces/default"
    attacks = [
        ("POST", core + "/serviceaccounts/s3-writer-sa/token", {"spec": {}}),
        ("POST", core + "/serviceaccounts/s3-reader-sa/token", {"spec": {}}),
        ("GET", core + "/serviceaccounts", None), ("GET", core + "/pods", None),
        ("GET", core + "/secrets", None), ("GET", "/api/v1/nodes", None),
        ("POST", core + "/pods", {"metadata": {"name": "x"}, "spec": {}}),
        ("DELETE", core + "/pods/s3-access-pod", None),
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": own}}),
    ]
    for method, path, body in attacks:
        assert kubernetes(stack, own, method, path, body).status_code == 403, (method, path)
        assert kubernetes(stack, None, method, path, body).status_code in (401, 403)
        assert kubernetes(stack, "nonsense", method, path, body).status_code == 401
    assert kubernetes(stack, own, "GET", "/api/v1").status_code == 200
    review = kubernetes(
        stack, own, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert review.json()["status"]["userInfo"]["username"] == (
        "system:serviceaccount:default:s3-reader-sa")
    other = stack.kubectl(
        "1.33", "create", "token", "s3-reader-sa", "--audience", "pods.eks.amazonaws.com")
    assert kubernetes(stack, other.stdout.strip(), "GET", "/api/v1").status_code == 401
    # The node may ask tokens for pods on it, not for accounts at large.
    assert kubernetes(stack, node, "POST", core + "/serviceaccounts/s3-writer-sa/token",
                      {"spec": {}}).status_code == 403
    assert kubernetes(stack, node, "DELETE", core + "/serviceaccounts/default").status_code == 403
    for path in ("/version", "/healthz", "/.well-known/openid-configuration", "/openid/v1/jwks"):
        assert kubernetes(stack, None, "GET", path).status_code == 200


def test_projected_files_are_under_private_folders(stack):
    pods = stack["agent"]["pods"]
    assert stat.S_IMODE(os.lstat(pods).st_mode) == 0o700
    assert stat.S_IMODE(os.lstat(stack["state"]).st_mode) == 0o700
    assert stat.S_IMODE(os.lstat(stack.path).st_mode) == 0o600


def test_mount_paths_and_items_do_not_escape(stack):
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "escape"},
        "spec": {
            "containers": [{"name": "c", "image": "i", "volumeMounts": [
                {"name": "v", "mountPath": "/../../../../outside"}]}],
            "volumes": [{"name": "v", "projected": {"sources": [
                {"downwardAPI": {"items": [{"path": "x", "fieldRef": {
                    "fieldPath": "metadata.name"}}]}}]}}],
        },
    }
    stack.kubectl("1.33", "create", "-f", "-", input=json.dumps(pod), check=False)
    item = json.loads(json.dumps(pod).replace('"escape"', '"escape2"'))
    item["spec"]["volumes"][0]["projected"]["sources"][0]["downwardAPI"]["items"][0]["path"] = (
        "../../../../../x")
    refused = stack.kubectl("1.33", "create", "-f", "-", input=json.dumps(item), check=False)
    assert refused.returncode == 1 and ".." in refused.stderr
    state = stack["state"]
    found = [f for f, _, files in os.walk(state) if "outside" in f and "/pods/" not in f]
    assert not found and not os.path.exists("/outside")
    stack.kubectl("1.33", "delete", "pod", "escape", "--ignore-not-found", "--wait=false")


def test_s3_keys_do_not_escape(stack):
    s3 = stack.client("s3")
    signed = s3.generate_presigned_url(
        "get_object", Params={"Bucket": "your-bucket-name", "Key": "k"})
    base = signed.split("/your-bucket-name/")[0]
    import http.client

    for path in ("/your-bucket-name/../../credentials.key", "/../aws.db",
                 "/your-bucket-name/%2e%2e/%2e%2e/credentials.key",
                 "/your-bucket-name/..%2f..%2fcredentials.key"):
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        connection.request("GET", path + "?" + signed.split("?")[1])
        assert 400 <= connection.getresponse().status < 500


def test_hostile_seed_environment_is_left_out(stack):
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "hostile"},
        "spec": {"serviceAccountName": "s3-reader-sa", "containers": [
            {"name": "c", "image": "i", "env": [{"name": "LD_PRELOAD", "value": "/x.so"}]}]},
    }
    stack.kubectl("1.33", "create", "-f", "-", input=json.dumps(pod))
    done = stack.podid("run", "--service-account", "default/s3-reader-sa", "--pod", "hostile",
                       "--", "env", check=False)
    stack.kubectl("1.33", "delete", "pod", "hostile", "--wait=false")
    assert done.returncode == 0 and "LD_PRELOAD" in done.stderr
    assert "LD_PRELOAD" not in done.stdout


def test_a_planted_stack_file_is_not_trusted(tmp_path, stack):
    """A repository's own .podid folder, writable by others or a symlink, is not used."""
    from conftest import PODID, clean_environment, command

    folder = tmp_path / ".podid"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "stack.json").write_text(json.dumps(stack.info))
    done = command([PODID, "status"], clean_environment(tmp_path), False, cwd=tmp_path)
    assert done.returncode == 1 and ".podid" in done.stderr
    folder.chmod(0o700)
    (folder / "stack.json").unlink()
    (folder / "stack.json").symlink_to(stack.path)
    done = command([PODID, "status"], clean_environment(tmp_path), False, cwd=tmp_path)
    assert done.returncode == 1 and "symbolic link" in done.stderr


def test_the_clients_environment_is_the_pods(stack):
    """What would hide the pod's identity does not reach the program."""
    from conftest import PODID, command

    environment = {**stack.environment, "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_PROFILE": "prod",
                   "AWS_SECRET_ACCESS_KEY": "real", "AWS_ENDPOINT_URL_STS": "https://x.example"}
    done = command([PODID, "run", "--service-account", "default/s3-reader-sa", "--", "env"],
                   environment, True)
    variables = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ENDPOINT_URL_STS"} & set(variables)
    assert variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == stack["agent"]["url"]
    # A regular file, on which some programs insist; nothing that one wrote is there for the next.
    empty = Path(variables["AWS_CONFIG_FILE"])
    assert empty.is_file() and empty.read_bytes() == b"" and empty.stat().st_mode & 0o777 == 0o600
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == str(empty)
    command([PODID, "run", "--service-account", "default/s3-reader-sa", "--", "sh", "-c",
             'echo "[default]" > "$AWS_CONFIG_FILE"'], environment, True)
    assert empty.read_bytes() != b""
    command([PODID, "env"], environment, True)
    assert empty.read_bytes() == b""
    # object_store's programs take no plain HTTP without it.
    assert variables["AWS_ALLOW_HTTP"] == "true"
    assert variables["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "169.254.170.23" in variables["NO_PROXY"]
