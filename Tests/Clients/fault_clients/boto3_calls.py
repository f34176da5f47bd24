"""Calls AWS with boto3's default chain.

With words it runs them as a command, and calls once more. Prints a line a call: `works`, or what
boto3 raises.
"""

import subprocess
import sys

import boto3
from botocore.config import Config

once = Config(retries={"total_max_attempts": 1})
session = boto3.Session()


def call():
    try:
        session.client("sts", config=once).get_caller_identity()
        print("works", flush=True)
    except Exception as error:
        print(type(error).__name__, " ".join(str(error).split()), flush=True)


call()
if sys.argv[1:]:
    subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
    call()
