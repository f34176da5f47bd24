#!/usr/bin/env bash
# What a pod of s3-reader-sa may do, and what it does when the agent fails.
set -euo pipefail

folder=$(mktemp -d)
export PODID_STACK=$folder/stack.json
finish() {
  podid down >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT
podid up --ephemeral --free-ports --stack-file "$PODID_STACK" --detach >/dev/null

account=default/s3-reader-sa
as_pod() { podid run --service-account "$account" -- "$@"; }
events() { podid events --service-account "$account" "$@" >/dev/null; }

echo "it reads"
[ "$(as_pod aws s3 cp s3://your-bucket-name/hello.txt -)" = "Hello from your bucket." ]
events --operation GetObject --outcome ok --count 1

echo "it may not delete"
if as_pod aws s3 rm s3://your-bucket-name/hello.txt >/dev/null 2>&1; then exit 1; fi
events --operation DeleteObject --outcome AccessDenied --count 1

echo "it comes through one error of the agent"
podid fault add status 500 --count 1 >/dev/null
as_pod aws sts get-caller-identity >/dev/null
events --operation GetCredentials --outcome fault --count 1

echo "it gives up after three"
podid fault add status 500 --count 3 >/dev/null
if as_pod aws sts get-caller-identity >/dev/null 2>&1; then exit 1; fi
events --operation GetCredentials --outcome fault --count 4

echo "all as expected"
