"""An SDK of a hundred lines that does all that Pod Identity asks for.

The programs beside it are the same with one mistake each.
"""

import datetime
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

LOCAL = ("127.0.0.1", "169.254.170.23", "fd00:ec2::23")
TRIES = 5


class SmallSDK:
    hosts = LOCAL
    # The credentials are fetched anew when they have less left than this, in seconds.
    margin = 5

    def __init__(self):
        self.url = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        self.kept = None

    def token(self):
        with open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]) as file:
            return file.read()

    def headers(self):
        return {"Authorization": self.token(), "Accept": "application/json"}

    def opener(self):
        """What opens the agent's URL: directly, whatever proxies there are."""
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def failed(self, status):
        """Told of an answer that is none; the request is made again after it."""

    def fetch(self):
        if urllib.parse.urlsplit(self.url).hostname not in self.hosts:
            raise RuntimeError("the host is not allowed")
        for last in [False] * (TRIES - 1) + [True]:
            try:
                request = urllib.request.Request(self.url, headers=self.headers())
                with self.opener().open(request, timeout=5) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                self.failed(error.code)
                if last:
                    raise
            except OSError:
                if last:
                    raise
            time.sleep(0.3)

    def left(self):
        end = datetime.datetime.fromisoformat(self.kept["Expiration"].replace("Z", "+00:00"))
        return (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds()

    def credentials(self):
        if self.kept is None or self.left() < self.margin:
            self.kept = self.fetch()
        return self.kept

    def call(self):
        """GetCallerIdentity, signed with version 4 of the signature."""
        keys = self.credentials()
        endpoint = os.environ["AWS_ENDPOINT_URL"]
        body = "Action=GetCallerIdentity&Version=2011-06-15"
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{moment[:8]}/{os.environ['AWS_REGION']}/sts/aws4_request"
        signed = {
            "host": urllib.parse.urlsplit(endpoint).netloc, "x-amz-date": moment,
            "x-amz-security-token": keys["Token"]}
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        names = ";".join(signed)
        canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body.encode()).hexdigest()}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = ("AWS4" + keys["SecretAccessKey"]).encode()
        for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signed["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, "
            f"SignedHeaders={names}, Signature={key.hex()}")
        request = urllib.request.Request(endpoint + "/", body.encode(), signed)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=10) as answer:
            return answer.read()

    def go_on(self):
        """An app: a call every now and then, whatever becomes of the one before."""
        while True:
            try:
                self.call()
            except (OSError, ValueError) as error:
                print(error)
            time.sleep(0.25)


if __name__ == "__main__":
    SmallSDK().go_on()
