"""Has keys of its own in its code, and asks nobody."""

import boto3

boto3.client("sts", aws_access_key_id="test", aws_secret_access_key="test").get_caller_identity()
