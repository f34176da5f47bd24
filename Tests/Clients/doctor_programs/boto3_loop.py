"""boto3 as an app has it: one client, a call every now and then."""

import time

import boto3

client = boto3.client("sts")
while True:
    client.get_caller_identity()
    time.sleep(0.25)
