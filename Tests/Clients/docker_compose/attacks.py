"""What a curious app tries from inside its container; runs there, prints a JSON line a try.

argv: the addresses of the servers on the network that apps do not join, comma-separated; then what
must be found nowhere, each backwards, so that the process itself does not hold it.
"""

import json
import os
import re
import socket
import ssl
import stat
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

# A name server that is silent about foreign names is not waited for.
os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"
FILES = "/var/run/secrets/kubernetes.io/serviceaccount"
KUBERNETES = "https://kubernetes.default.svc"
AGENT = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
IDENTITY = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
TOKEN = open(f"{FILES}/token").read()
SECRETS = [word[::-1].encode() for word in sys.argv[2:]]
TLS = ssl.create_default_context(cafile=f"{FILES}/ca.crt")


def tell(kind, what, outcome):
    print(json.dumps([kind, what, outcome]))


def holds(data):
    return any(secret in data for secret in SECRETS)


def ask(method, url, body=None, **headers):
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=3, context=TLS) as answer:
            tell_leak(url, answer)
            return answer.status
    except urllib.error.HTTPError as error:
        tell_leak(url, error)
        return error.code
    except Exception as error:
        return type(error).__name__


def tell_leak(url, answer):
    data = str(answer.headers).encode() + answer.read()
    tell("leak", url, "found" if holds(data) else "nothing")


def kubernetes(method, path, body=None, token=TOKEN, **headers):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if method == "PATCH":
        headers["Content_Type"] = "application/merge-patch+json"
    elif body is not None:
        headers["Content_Type"] = "application/json"
    return ask(method, KUBERNETES + path, body, **headers)


def ports():
    hosts = ["kubernetes-api", "aws-api", "node-agent", "169.254.170.23", "169.254.170.24",
             "169.254.170.1", "kubernetes-api.internal", "aws-api.internal", "node-agent.internal",
             *sys.argv[1].split(",")]
    places = [(host, port) for host in hosts for port in (4581, 4582, 4583, 2703, 2705)]
    # All at once, for those that nobody answers take their time.
    with ThreadPoolExecutor(len(places)) as pool:
        for (host, port), outcome in zip(places, pool.map(knock, places)):
            tell("port", f"{host}:{port}", outcome)


def knock(place):
    try:
        socket.create_connection(place, 0.5).close()
        return "open"
    except OSError as error:
        return f"refused: {error}"


def cluster():
    core, accounts = "/api/v1/namespaces/default", "/api/v1/namespaces/default/serviceaccounts"
    review = {"spec": {"token": TOKEN}}
    request = {"spec": {"audiences": ["pods.eks.amazonaws.com"]}}
    pod = {"metadata": {"name": "mine"}, "spec": {
        "serviceAccountName": "s3-writer-sa", "containers": [{"name": "a", "image": "b"}]}}
    role = {"metadata": {"annotations": {
        "pod-identity.eks.amazonaws.com/role": "arn:aws:iam::111122223333:role/s3-writer-role"}}}
    rows = [
        ("POST", f"{accounts}/s3-writer-sa/token", request),
        ("POST", f"{accounts}/s3-reader-sa/token", request),
        ("PATCH", f"{accounts}/s3-reader-sa", role), ("PUT", f"{accounts}/s3-reader-sa", role),
        ("GET", f"{accounts}", None), ("GET", f"{accounts}/s3-reader-sa", None),
        ("POST", accounts, {"metadata": {"name": "mine"}}), ("DELETE", f"{accounts}/s3-writer-sa", None),
        ("POST", f"{core}/pods", pod), ("GET", f"{core}/pods", None), ("GET", "/api/v1/pods", None),
        ("GET", "/api/v1/pods?watch=true", None), ("DELETE", f"{core}/pods/s3-access-pod", None),
        ("PATCH", f"{core}/pods/s3-access-pod", role), ("GET", f"{core}/secrets", None),
        ("GET", "/api/v1/secrets", None), ("GET", f"{core}/configmaps", None),
        ("GET", f"{core}/events", None), ("POST", f"{core}/events", {"metadata": {"name": "e"}}),
        ("GET", "/api/v1/nodes", None), ("DELETE", "/api/v1/nodes/local-node", None),
        ("PATCH", "/api/v1/nodes/local-node/status", {"status": {}}),
        ("GET", "/api/v1/namespaces", None), ("POST", "/api/v1/namespaces", {"metadata": {"name": "n"}}),
        ("DELETE", "/api/v1/namespaces/default", None),
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review),
        ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": {"user": "admin"}}),
        ("GET", f"{core}/services", None), ("GET", "/metrics", None), ("GET", "/debug/pprof/", None),
    ]
    for method, path, body in rows:
        tell("forbidden", f"{method} {path}", kubernetes(method, path, body))
        tell("unauthorized", f"{method} {path}, the agent's token",
             kubernetes(method, path, body, token=IDENTITY))
        tell("anonymous", f"{method} {path}, no token", kubernetes(method, path, body, token=None))
    impersonated = dict(Impersonate_User="admin", Impersonate_Group="system:masters")
    tell("forbidden", "impersonation", kubernetes("GET", "/api/v1/secrets", **impersonated))
    for header in ["X_Remote_User", "X_Remote_Group"]:
        tell("forbidden", header, kubernetes("GET", "/api/v1/secrets", **{header: "system:masters"}))
    tell("allowed", "itself", kubernetes(
        "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}))
    for path in ["/version", "/api", "/apis", "/.well-known/openid-configuration"]:
        tell("allowed", path, kubernetes("GET", path))


def agent():
    head, payload, signature = IDENTITY.split(".")
    rows = [
        ("no token", {}), ("nonsense", {"Authorization": "nonsense"}),
        ("the cluster's token", {"Authorization": TOKEN}),
        ("Bearer", {"Authorization": f"Bearer {IDENTITY}"}),
        ("another signature", {"Authorization": f"{head}.{payload}.{signature[::-1]}"}),
        ("no signature", {"Authorization": f"{head}.{payload}."}),
        ("another host", {"Authorization": IDENTITY, "Host": "evil.example"}),
    ]
    for what, headers in rows:
        tell("agent", what, ask("GET", AGENT, **headers))
    tell("allowed", "its own", ask("GET", AGENT, Authorization=IDENTITY))


def aws():
    import botocore.session

    session = botocore.session.get_session()
    eks, auth, iam, s3, sts = (session.create_client(name, region_name="us-east-1") for name in
                               ["eks", "eks-auth", "iam", "s3", "sts"])
    role = "arn:aws:iam::111122223333:role/s3-writer-role"
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]})
    bucket = "your-bucket-name"
    rows = [
        (eks, "create_pod_identity_association", dict(
            clusterName="local", namespace="default", serviceAccount="s3-reader-sa", roleArn=role)),
        (eks, "list_pod_identity_associations", dict(clusterName="local")),
        (eks, "describe_cluster", dict(name="local")),
        (auth, "assume_role_for_pod_identity", dict(clusterName="local", token=TOKEN)),
        (auth, "assume_role_for_pod_identity", dict(clusterName="other", token=IDENTITY)),
        (iam, "get_role", dict(RoleName="s3-writer-role")), (iam, "list_roles", {}),
        (iam, "create_role", dict(RoleName="mine", AssumeRolePolicyDocument=trust)),
        (iam, "update_assume_role_policy", dict(
            RoleName="s3-writer-role", PolicyDocument=trust)),
        (iam, "put_role_policy", dict(
            RoleName="s3-reader-role", PolicyName="all", PolicyDocument=trust)),
        (iam, "delete_role", dict(RoleName="s3-writer-role")),
        (sts, "assume_role", dict(RoleArn=role, RoleSessionName="mine")),
        (s3, "put_object", dict(Bucket=bucket, Key="x", Body=b"x")),
        (s3, "delete_object", dict(Bucket=bucket, Key="hello.txt")),
        (s3, "delete_bucket", dict(Bucket=bucket)), (s3, "create_bucket", dict(Bucket="mine")),
        (s3, "list_buckets", {}),
    ]
    for client, operation, parameters in rows:
        try:
            getattr(client, operation)(**parameters)
            tell("aws", operation, "done")
        except Exception as error:
            tell("aws", operation, getattr(error, "response", {}).get(
                "Error", {}).get("Code", repr(error)))
    tell("allowed", "list_objects_v2", s3.list_objects_v2(Bucket=bucket)["ResponseMetadata"][
        "HTTPStatusCode"])


def root():
    """The account's root, by the keys that a local stack is known for and by others."""
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    api, objects = os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_ENDPOINT_URL_S3"]
    identity, roles = (f"Action={action}&Version={version}" for action, version in [
        ("GetCallerIdentity", "2011-06-15"), ("ListRoles", "2010-05-08")])
    clusters = f"{api}/clusters/local"
    calls = [("sts", "POST", api, identity.encode()), ("iam", "POST", api, roles.encode()),
             ("eks", "GET", f"{clusters}/pod-identity-associations", None),
             ("eks-auth", "POST", f"{clusters}/assume-role-for-pod-identity",
              json.dumps(dict(token=IDENTITY)).encode()),
             ("s3", "GET", objects, None), ("s3", "GET", f"{objects}/your-bucket-name/hello.txt", None)]
    links = [("sts", auth.SigV4QueryAuth, f"{api}/?{identity}"),
             ("s3", auth.S3SigV4QueryAuth, f"{objects}/your-bucket-name/hello.txt")]
    pairs = [("test", "test"), ("test", "x"), ("root", "root"), ("admin", "admin"),
             ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
             ("minioadmin", "minioadmin"), ("000000000000", "test"), ("kubernetes-api", "test")]
    for id, secret in pairs:
        for service, method, url, body in calls:
            kind = "json" if service == "eks-auth" else "x-www-form-urlencoded"
            request = AWSRequest(method, url, data=body, headers={
                "Content-Type": f"application/{kind}"} if body else {})
            signer = auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth
            signer(Credentials(id, secret), service, "us-east-1").add_auth(request)
            tell("root", f"{id} {service} {url}", code_of(request.prepare()))
        for service, signer, url in links:
            request = AWSRequest("GET", url)
            signer(Credentials(id, secret), service, "us-east-1").add_auth(request)
            tell("root", f"{id} {service} link", code_of(request.prepare()))


def code_of(prepared):
    """`done`, or the code of AWS's refusal."""
    request = urllib.request.Request(
        prepared.url, method=prepared.method, data=prepared.body,
        headers={name: value.decode() if isinstance(value, bytes) else value
                 for name, value in prepared.headers.items()})
    try:
        urllib.request.urlopen(request, timeout=3).close()
        return "done"
    except urllib.error.HTTPError as error:
        found = re.search(rb"<Code>(\w+)</Code>", error.read())
        return found[1].decode() if found else error.headers["x-amzn-ErrorType"]


def keys():
    """Whatever can be read here: every file, every process's environment and command line."""
    with open("/tmp/control", "wb") as file:
        file.write(b"x" * 70_000 + SECRETS[0])
    count, found = 0, []
    for folder, folders, names in os.walk("/"):
        if folder == "/":
            folders.remove("sys")
        if re.match(r"/proc(/|$)", folder):
            folders[:] = [name for name in folders if folder == "/proc" and name.isdigit()]
            names = [name for name in names if name in ("environ", "cmdline", "mountinfo", "maps")]
        for name in names:
            path = os.path.join(folder, name)
            try:
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue  # a device may have no end
                file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    data = b""
                    while piece := os.read(file, 1 << 20):
                        data = data[-64:] + piece
                        if holds(data):
                            found.append(path)
                            break
                    count += 1
                finally:
                    os.close(file)
            except OSError:
                continue
    os.unlink("/tmp/control")
    tell("keys", count, found)


def files():
    for path in ["/state", "/shared", "/ca", "/pods", "/pod", "/seed", "/var/run/docker.sock",
                 "/run/docker.sock"]:
        tell("file", path, "there" if os.path.exists(path) else "missing")
    found = sorted(os.path.join(folder, name)
                   for folder, _, names in os.walk("/var/run/secrets") for name in names
                   if "/.." not in folder)
    tell("files", "/var/run/secrets", found)
    for folder in ["/var/run/secrets/pods.eks.amazonaws.com/serviceaccount", FILES]:
        for path in [f"{folder}/planted", f"{folder}/..data/planted"]:
            try:
                open(path, "w").close()
                tell("write", path, "written")
            except OSError as error:
                tell("write", path, error.strerror)


for part in [files, keys, agent, cluster, aws, root, ports]:
    part()
