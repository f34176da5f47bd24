"""Calls AWS with boto3's default chain; between the calls it runs the command of its words.

Prints a line a call: `works`, or what boto3 raises.
"""

import subprocess
import sys

import boto3
from botocore.config import Config

once = Config(retries={"total_max_attempts": 1})
session = boto3.Session()
for number in range(2):
    try:
        session.client("sts", config=once).get_caller_identity()
        print("works")
    except Exception as error:
        print(type(error).__name__, " ".join(str(error).split()))
    if number == 0 and sys.argv[1:]:
        subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
