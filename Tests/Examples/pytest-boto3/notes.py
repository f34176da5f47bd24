"""An app that keeps notes in a bucket; it finds its credentials as every app with boto3 does."""

import boto3
from botocore.exceptions import ClientError

BUCKET = "your-bucket-name"


class NotAllowed(Exception):
    """The role of this pod does not allow it."""


def whoami():
    """The ARN under which this process is known."""
    return boto3.client("sts").get_caller_identity()["Arn"]


def names():
    """The names of all notes."""
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def read(name):
    """The text of a note; None where there is no such note."""
    try:
        answer = boto3.client("s3").get_object(Bucket=BUCKET, Key=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    return answer["Body"].read().decode()


def write(name, text):
    """Keeps a note."""
    try:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=name, Body=text.encode())
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            raise NotAllowed(name) from error
        raise
