"""Takes the pod's credentials, moves the clock with the command it is given, and uses both the kept
and the renewed ones with the AWS CLI."""

import json
import os
import subprocess
import sys
import urllib.request


def credentials():
    token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
    url = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    request = urllib.request.Request(url, headers={"Authorization": token})
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request))


def caller(keys):
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                   "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                   "AWS_SESSION_TOKEN": keys["Token"]}
    return subprocess.run(["aws", "sts", "get-caller-identity"], env=environment,
                          capture_output=True, text=True)


kept = credentials()
assert caller(kept).returncode == 0
subprocess.run(sys.argv[1:], check=True, capture_output=True)
assert "ExpiredToken" in caller(kept).stderr
assert caller(credentials()).returncode == 0
