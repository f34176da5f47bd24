"""Gets credentials from the default chain of AWS's common runtime, and calls AWS with them.

Words and lines are those of boto3_calls.py; a provider that does not answer for
PATIENCE seconds `waits`.
"""

import concurrent.futures
import os
import subprocess
import sys

import boto3
from awscrt.auth import AwsCredentialsProvider
from awscrt.io import ClientBootstrap, DefaultHostResolver, EventLoopGroup
from botocore.config import Config

once = Config(retries={"total_max_attempts": 1})
group = EventLoopGroup(1)
provider = AwsCredentialsProvider.new_default_chain(
    ClientBootstrap(group, DefaultHostResolver(group)))


def call():
    try:
        found = provider.get_credentials().result(int(os.environ["PATIENCE"]))
        boto3.client(
            "sts", config=once, aws_access_key_id=found.access_key_id,
            aws_secret_access_key=found.secret_access_key,
            aws_session_token=found.session_token).get_caller_identity()
        print("works", flush=True)
    except concurrent.futures.TimeoutError:
        print("waits", flush=True)
    except Exception as error:
        print(type(error).__name__, " ".join(str(error).split()), flush=True)


call()
if sys.argv[1:]:
    subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
    call()
# The runtime's threads may still wait for an answer that never comes.
os._exit(0)
