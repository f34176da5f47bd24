"""What the crash harness writes to, each store with the same four verbs.

`create` and `update` return uid and version, where the store has them; all raise `Unsure`, `Missing` or
`Exists`.
"""

import http.client
import json

import boto3
import requests
import s3_raw
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError as BotoConnectionError, HTTPClientError

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"]}]})


class Unsure(Exception):
    """No answer, or one that says the server could not: it may have happened or not."""


class Missing(Exception):
    pass


class Exists(Exception):
    pass


class ConfigMaps:
    """Objects of kubernetes-api. A value is the text in `data`; the version is compared too."""

    def __init__(self, servers):
        config = json.loads((servers.state / "kubernetes-api/admin/kubeconfig").read_text())
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(servers.state / "kubernetes-api/ca.crt")
        self.session.headers["Authorization"] = "Bearer " + config["users"][0]["user"]["token"]
        self.root = servers.kubernetes_url
        self.url = self.root + "/api/v1/namespaces/crash/configmaps"

    def call(self, method, url, **options):
        try:
            answer = self.session.request(method, url, timeout=60, **options)
        except requests.RequestException as error:
            raise Unsure from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unsure
        if answer.status_code == 404:
            raise Missing
        if answer.status_code == 409:
            raise Exists
        assert answer.ok, answer.text
        return answer.json()

    @staticmethod
    def meta(made):
        found = made["metadata"]
        return found["uid"], int(found["resourceVersion"])

    def create(self, name, value):
        return self.meta(self.call("POST", self.url, json={
            "metadata": {"name": name}, "data": {"value": value}}))

    def update(self, name, value):
        return self.meta(self.call(
            "PATCH", f"{self.url}/{name}", data=json.dumps({"data": {"value": value}}),
            headers={"Content-Type": "application/merge-patch+json"}))

    def delete(self, name):
        self.call("DELETE", f"{self.url}/{name}")

    def read(self, name):
        found = self.call("GET", f"{self.url}/{name}")
        return found["data"]["value"], *self.meta(found)

    def all(self):
        found = self.call("GET", self.url)
        items = found["items"]
        return int(found["metadata"]["resourceVersion"]), {
            i["metadata"]["name"]: (i["data"].get("value"), *self.meta(i)) for i in items}, len(items)


def boto(servers, service, **keys):
    keys = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=servers.aws_url, **keys,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10))


def aws(call, **arguments):
    try:
        return call(**arguments)
    except (BotoConnectionError, HTTPClientError) as error:
        raise Unsure from error
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = error.response["Error"]["Code"]
        if status >= 500:
            raise Unsure from error
        if code in ("NoSuchEntity", "ResourceNotFoundException"):
            raise Missing from error
        if code in ("EntityAlreadyExists", "ResourceInUseException"):
            raise Exists from error
        raise


def trust(value):
    document = json.loads(TRUST)
    document["Statement"][0]["Sid"] = value
    return json.dumps(document)


class Roles:
    """IAM roles; a value is the Sid of their trust policy's statement."""

    def __init__(self, servers):
        self.iam = boto(servers, "iam")

    def create(self, name, value):
        made = aws(self.iam.create_role, RoleName=name, AssumeRolePolicyDocument=trust(value))
        return made["Role"]["RoleId"], None

    def update(self, name, value):
        aws(self.iam.update_assume_role_policy, RoleName=name, PolicyDocument=trust(value))
        return None, None

    def delete(self, name):
        aws(self.iam.delete_role, RoleName=name)

    def read(self, name):
        found = aws(self.iam.get_role, RoleName=name)["Role"]
        return found["AssumeRolePolicyDocument"]["Statement"][0]["Sid"], found["RoleId"], None


class Associations:
    """Pod identity associations; a value is the last word of the role's ARN."""

    def __init__(self, servers):
        self.eks = boto(servers, "eks")

    def arn(self, value):
        return f"arn:aws:iam::111122223333:role/value-{value}"

    def identifier(self, name):
        found = aws(self.eks.list_pod_identity_associations, clusterName="local",
                    namespace="crash", serviceAccount=name)["associations"]
        assert len(found) <= 1, f"duplicates: {found}"
        if not found:
            raise Missing
        return found[0]["associationId"]

    def create(self, name, value):
        made = aws(self.eks.create_pod_identity_association, clusterName="local",
                   namespace="crash", serviceAccount=name, roleArn=self.arn(value))
        return made["association"]["associationId"], None

    def update(self, name, value):
        aws(self.eks.update_pod_identity_association, clusterName="local",
            associationId=self.identifier(name), roleArn=self.arn(value))
        return None, None

    def delete(self, name):
        aws(self.eks.delete_pod_identity_association, clusterName="local",
            associationId=self.identifier(name))

    def read(self, name):
        found = aws(self.eks.describe_pod_identity_association, clusterName="local",
                    associationId=self.identifier(name))["association"]
        return found["roleArn"].rpartition("-")[2], found["associationId"], None


class Objects:
    """Objects of S3, each write on condition that nothing came between. A value is the body, and the
    metadata has to be that of the same write."""

    def __init__(self, servers):
        self.url = "http://" + servers.address("s3")
        self.tags = {}

    def call(self, method, name, value="", fields=()):
        try:
            answer = s3_raw.put(
                self.url, f"/bucket/{name}", value.encode(), method, unsigned=fields,
                signed=[("x-amz-meta-value", value)] if method == "PUT" else [])
        except (OSError, http.client.HTTPException) as error:
            raise Unsure from error
        if answer.status >= 500:
            raise Unsure
        if answer.status == 404:
            raise Missing
        if answer.status == 412:
            raise Exists
        assert answer.status in (200, 204), answer
        self.tags[name] = answer.headers["ETag"]
        return answer

    def create(self, name, value):
        self.call("PUT", name, value, [("If-None-Match", "*")])
        return None, None

    def update(self, name, value):
        self.call("PUT", name, value, [("If-Match", self.tags[name])])
        return None, None

    def delete(self, name):
        self.call("DELETE", name)

    def read(self, name):
        found = self.call("GET", name)
        assert found.headers["x-amz-meta-value"] == found.body.decode(), found.headers.items()
        return found.body.decode(), None, None
