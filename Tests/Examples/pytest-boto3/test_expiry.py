"""An app that lives on beyond the end of its credentials, which last a minute here."""

import subprocess

import boto3


def test_an_app_that_lives_on_renews_its_credentials():
    session = boto3.Session()
    s3 = session.client("s3")
    first = session.get_credentials().get_frozen_credentials().access_key
    for _ in range(3):
        # The stack's clock alone: boto3 renews by its own, and does so in time because the
        # credentials are short.
        subprocess.run(["podid", "clock", "advance", "1m"], check=True, capture_output=True)
        assert s3.list_objects_v2(Bucket="your-bucket-name")["KeyCount"] > 0
    assert session.get_credentials().get_frozen_credentials().access_key != first
