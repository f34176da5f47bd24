"""Genuine kubectl against kubernetes-api: the article's manifests and tokens."""

import json
import subprocess

import jwt
import pytest

from conftest import kubectl_path

VERSIONS = ["1.31", "1.33"]
ROLE = "arn:aws:iam::111122223333:role/s3-reader-role"


def manifest(name):
    return f"""
apiVersion: v1
kind: Namespace
metadata: {{name: {name}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: s3-reader-sa, namespace: {name}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: s3-access-pod, namespace: {name}}}
spec:
  serviceAccountName: s3-reader-sa
  containers:
  - name: app
    image: amazon/aws-cli:latest
    command: ["aws", "s3", "ls", "s3://your-bucket-name"]
"""


@pytest.fixture(params=VERSIONS)
def kubectl(request, stack, tmp_path):
    """kubectl of one version, in a namespace of its own with a home of its own."""
    kubectl_path(request.param)
    namespace = "kubectl-" + request.param.replace(".", "-")

    def call(*words, **options):
        return stack.kubectl(request.param, *words, **options)

    call.version, call.namespace, call.stack = request.param, namespace, stack
    yield call
    call("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def test_apply_annotate_and_working_credentials(kubectl):
    """The article's own order: annotate, make the pod, get credentials, delete."""
    namespace = kubectl.namespace
    text = manifest(namespace)
    account_only = "---".join(text.split("---")[:2])
    first = kubectl("apply", "-f", "-", input=account_only)
    assert "serviceaccount/s3-reader-sa created" in first.stdout
    kubectl("annotate", "sa", "s3-reader-sa", "-n", namespace,
            f"pod-identity.eks.amazonaws.com/role={ROLE}")
    second = kubectl("apply", "-f", "-", input=text)
    assert "pod/s3-access-pod created" in second.stdout
    assert "unchanged" in kubectl("apply", "-f", "-", input=text).stdout
    kubectl("wait", "--for=condition=Ready", "pod/s3-access-pod", "-n", namespace,
            "--timeout=30s")
    pod = json.loads(kubectl("get", "pod", "s3-access-pod", "-n", namespace, "-o", "json").stdout)
    check_mutation(pod)
    done = kubectl.stack.run_as(
        f"{namespace}/s3-reader-sa", "aws", "sts", "get-caller-identity", "--output", "text")
    assert "assumed-role/s3-reader-role/eks-local-" in done.stdout
    table = kubectl("get", "pods", "-n", namespace).stdout
    assert table.split()[:5] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    kubectl("delete", "pod", "s3-access-pod", "-n", namespace, "--timeout=30s")
    gone = kubectl("get", "pod", "s3-access-pod", "-n", namespace, check=False)
    assert 'pods "s3-access-pod" not found' in gone.stderr


def check_mutation(pod):
    """What AWS's webhook adds, in its order (facts: official webhook, observed)."""
    assert pod["metadata"]["labels"]["eks.amazonaws.com/pod-identity"] == "enabled"
    volume = pod["spec"]["volumes"][0]
    source = volume["projected"]["sources"][0]["serviceAccountToken"]
    assert volume["name"] == "eks-pod-identity-token"
    assert source["audience"] == "pods.eks.amazonaws.com"
    assert source["path"] == "eks-pod-identity-token"
    assert 79200 <= source["expirationSeconds"] <= 86400
    container = pod["spec"]["containers"][0]
    folder = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
    assert [(v["name"], v["value"]) for v in container["env"]] == [
        ("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", f"{folder}/eks-pod-identity-token"),
    ]
    assert {"name": "eks-pod-identity-token", "mountPath": folder, "readOnly": True} in [
        m for m in container["volumeMounts"]
    ]


def test_watch_prints_changes_as_they_happen(kubectl):
    namespace = kubectl.namespace
    kubectl("create", "namespace", namespace)
    words = [
        kubectl_path(kubectl.version), "--kubeconfig",
        kubectl.stack["kubernetes"]["kubeconfig"], "get", "configmaps", "-n", namespace, "-w",
        "--output-watch-events",
    ]
    watch = subprocess.Popen(
        words, env=kubectl.stack.environment, stdout=subprocess.PIPE, text=True)
    try:
        # The namespace's own comes first; what follows is a change.
        assert any("kube-root-ca.crt" in line for line in watch.stdout)
        kubectl("create", "configmap", "seen", "-n", namespace, "--from-literal=a=b")
        kubectl("delete", "configmap", "seen", "-n", namespace)
        lines = []
        for line in watch.stdout:
            lines.append(line.split()[:2])
            if lines[-1] == ["DELETED", "seen"]:
                break
        kinds = [kind for kind, name in lines if name == "seen"]
        assert kinds == ["ADDED", "DELETED"]
    finally:
        watch.kill()


def test_tokens_have_the_claims_and_verify(kubectl):
    """PyJWT verifies the token through the JWKS endpoint; claims as on EKS."""
    import ssl

    stack, namespace = kubectl.stack, kubectl.namespace
    kubectl("apply", "-f", "-", input=manifest(namespace))
    token = kubectl(
        "create", "token", "s3-reader-sa", "-n", namespace, "--audience",
        "pods.eks.amazonaws.com", "--bound-object-kind", "Pod", "--bound-object-name",
        "s3-access-pod", "--duration", "20m",
    ).stdout.strip()
    context = ssl.create_default_context(cafile=stack["kubernetes"]["ca"])
    keys = jwt.PyJWKClient(
        stack["kubernetes"]["url"] + "/openid/v1/jwks", ssl_context=context)
    claims = jwt.decode(
        token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"],
        audience="pods.eks.amazonaws.com", issuer=stack["kubernetes"]["issuer"])
    assert list(jwt.get_unverified_header(token)) == ["alg", "kid"]
    assert len(jwt.get_unverified_header(token)["kid"]) == 40
    assert list(claims) == ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"]
    assert claims["exp"] - claims["iat"] == 1200
    assert claims["sub"] == f"system:serviceaccount:{namespace}:s3-reader-sa"
    private = claims["kubernetes.io"]
    assert list(private) == ["namespace", "node", "pod", "serviceaccount"]
    assert private["node"]["name"] == stack["node"]
    assert private["pod"]["name"] == "s3-access-pod"


def test_whoami(kubectl):
    version = tuple(int(part) for part in kubectl.version.split("."))
    done = kubectl("auth", "whoami", "-o", "json", check=version > (1, 27))
    if done.returncode == 0:
        assert "system:masters" in json.loads(done.stdout)["status"]["userInfo"]["groups"]


def test_as_is_whom_the_request_is_made_as(kubectl):
    account = "system:serviceaccount:default:default"
    done = kubectl("auth", "can-i", "delete", "serviceaccounts", "--as", account, check=False)
    assert (done.returncode, done.stdout) == (1, "no\n")
    done = kubectl("get", "secrets", "-A", "--as", "jane", "--as-group", "a", check=False)
    assert (done.returncode, done.stderr) == (
        1, 'Error from server (Forbidden): secrets is forbidden: User "jane" cannot list resource '
           '"secrets" in API group "" at the cluster scope\n')
    found = json.loads(kubectl(
        "auth", "whoami", "--as", account, "--as-uid", "u", "-o", "json").stdout)
    assert found["status"]["userInfo"]["username"] == account
    assert found["status"]["userInfo"]["uid"] == "u"
    assert "system:serviceaccounts:default" in found["status"]["userInfo"]["groups"]
    assert kubectl("get", "secrets", "-A", "--as", "jane", "--as-group", "system:masters")


def test_errors_are_kubernetes_own(kubectl):
    cases = [
        (["get", "sa", "nope"], 'serviceaccounts "nope" not found'),
        (["create", "sa", "default"], 'serviceaccounts "default" already exists'),
        (["create", "sa", "Bad_Name"], "a lowercase RFC 1123 subdomain must consist of"),
        (["create", "token", "default", "--duration", "1m"],
         "may not specify a duration less than 10 minutes"),
        (["delete", "namespace", "default"], "this namespace may not be deleted"),
        (["get", "deployments"], "the server doesn't have a resource type"),
    ]
    for words, text in cases:
        done = kubectl(*words, check=False)
        assert done.returncode == 1
        assert text in done.stderr
