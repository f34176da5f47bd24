#!/bin/sh
# What a shell test may look like: denial, throttling, expiry.
set -eu
. "$(dirname "$0")/podid.sh"
[ -n "${PODID_STACK:-}${PODID_CONTAINER:-}" ] || podid_start
account=default/s3-reader-sa
file=s3://your-bucket-name/hello.txt
podid_mark

echo "what the role may not do is denied"
podid_denied podid_as $account aws s3 rm $file
podid_expect s3-reader-role DeleteObject your-bucket-name/hello.txt AccessDenied

echo "a throttled agent is asked again"
podid_throttle 1
podid_as $account aws s3 cp $file - >/dev/null
podid_expect s3-reader-role GetObject your-bucket-name/hello.txt

echo "credentials that are kept beyond their end are refused, and renewed"
podid_mark
# One process, which keeps its credentials as an app does that lives on.
podid_as $account python3 "$(dirname "$0")/kept.py" ${PODID:-podid} clock advance 1m
podid_expect s3-reader-role GetCallerIdentity -
echo "all as expected"
