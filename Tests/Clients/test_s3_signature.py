"""What S3 and STS refuse of signatures, field by field, and that real clients go on working."""

import base64
import hashlib
import os
import shutil
import subprocess
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from conftest import command
from s3_raw import EMPTY, Signer, chunked, put, put_presigned, send
from servers import Servers

META, ACL = ("x-amz-meta-a", "1"), ("x-amz-acl", "bucket-owner-full-control")
TOKEN = ("x-amz-security-token", "t")
HOST = ["host", "x-amz-content-sha256", "x-amz-date"]


@pytest.fixture(scope="module")
def url(stack):
    return stack["s3"]["url"]


def refused(answer, status, code):
    assert (answer.status, answer.code) == (status, code), answer
    return answer


@pytest.mark.parametrize("fields", [[META], [ACL], [("X-AMZ-Meta-A", "1")], [META, ACL],
                                    [("x-amz-storage-class", "STANDARD")]])
@pytest.mark.parametrize("how", [put, put_presigned])
def test_unsigned_amazon_fields_are_refused(url, how, fields):
    answer = refused(how(url, unsigned=fields), 403, "AccessDenied")
    assert answer.element("Message") == (
        "There were headers present in the request which were not signed")
    names = ", ".join(sorted(name.lower() for name, _ in fields))
    assert answer.element("HeadersNotSigned") == names
    assert how(url, signed=fields).status == 200
    # What AWS leaves alone: the clients' tracing fields.
    assert how(url, unsigned=[("X-Amzn-Trace-Id", "x"), ("amz-sdk-request", "y")]).status == 200


def test_an_unsigned_date_or_token_is_refused(url):
    answer = put(url, names=["host", "x-amz-content-sha256"])
    assert refused(answer, 403, "AccessDenied").element("HeadersNotSigned") == "x-amz-date"
    # With a token that is not ours it does not matter which check comes first.
    assert put(url, unsigned=[TOKEN]).status in (400, 403)
    assert put_presigned(url, unsigned=[TOKEN]).status == 403


def test_a_session_token_that_is_not_signed_is_refused(stack, url):
    lines = stack.run_as("default/s3-writer-sa", "python3", "-c", (
        "import boto3; c = boto3.Session().get_credentials()\n"
        "print(c.access_key, c.secret_key, c.token)")).stdout.split()
    signer = Signer(key=lines[0], secret=lines[1])
    token = ("x-amz-security-token", lines[2])
    answer = put(url, unsigned=[token], signer=signer)
    assert refused(answer, 403, "AccessDenied").element("HeadersNotSigned") == token[0]
    assert put(url, signed=[token], signer=signer).status == 200
    sts = stack["aws"]["url"]
    signer = Signer(key=lines[0], secret=lines[1], service="sts")
    body = b"Action=GetCallerIdentity&Version=2011-06-15"

    def ask(names):
        headers = [("Host", urlsplit(sts).netloc), ("x-amz-date", signer.time), token]
        digest = hashlib.sha256(body).hexdigest()
        return send(sts, "POST", "/", [
            *headers, ("Authorization", signer.header("POST", "/", headers, names, digest)),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(body)))], body)

    assert refused(ask(["host", "x-amz-date"]), 403, "SignatureDoesNotMatch")
    assert ask(["host", "x-amz-date", token[0]]).status == 200


@pytest.mark.parametrize("payload", [
    "garbage", "STREAMING-GARBAGE", "STREAMING-", "unsigned-payload", "0" * 63, "0" * 65, "g" * 64,
    "UNSIGNED-PAYLOAD\u0301", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"])
def test_a_payload_hash_must_be_one(url, payload):
    payload = payload.encode().decode("latin-1")
    answer = refused(put(url, payload=payload), 400, "InvalidArgument")
    assert "or a valid sha256 value" in answer.element("Message")
    assert answer.element("ArgumentName") == "x-amz-content-sha256"


def test_a_payload_hash_must_be_there_and_right(url):
    answer = refused(put(url, payload=""), 400, "InvalidRequest")
    assert answer.element("Message") == (
        "Missing required header for this request: x-amz-content-sha256")
    for payload in (EMPTY, hashlib.sha256(b"hellO").hexdigest(), "0" * 64):
        refused(put(url, payload=payload), 400, "XAmzContentSHA256Mismatch")
    refused(put(url, body=b"", payload="0" * 64, method="GET"), 400, "XAmzContentSHA256Mismatch")
    for payload in (None, "UNSIGNED-PAYLOAD", hashlib.sha256(b"hello").hexdigest().upper()):
        assert put(url, payload=payload).status == 200


@pytest.mark.parametrize("region", ["us-west-2", "US-EAST-1", "us-east-1\u0301", ""])
def test_another_region_is_refused(url, region):
    signer = Signer(region=region.encode().decode("latin-1"))
    answer = refused(put(url, signer=signer), 400, "AuthorizationHeaderMalformed")
    assert answer.element("Region") == "us-east-1"
    assert "is wrong; expecting &#39;us-east-1&#39;" in answer.element("Message")
    answer = refused(put_presigned(url, signer=signer), 400, "AuthorizationQueryParametersError")
    assert answer.element("Region") == "us-east-1"
    assert answer.element("Message").startswith("Error parsing the X-Amz-Credential parameter; ")


def test_a_request_is_signed_once(url):
    for field in ("Authorization", "authorization"):
        refused(put(url, unsigned=[(field, "AWS4-HMAC-SHA256 Credential=x")]), 400, "InvalidArgument")
    refused(put_presigned(url, unsigned=[("Authorization", "AWS x:y")]), 400, "InvalidArgument")
    answer = put(url, path="/your-bucket-name/raw?X-Amz-Signature=x")
    refused(answer, 400, "InvalidArgument")


@pytest.mark.parametrize("names", [
    HOST + ["x-amz-date"], ["host"] + HOST, HOST + ["x-not-there"], HOST[::-1], HOST + [""],
    ["Host", "x-amz-content-sha256", "x-amz-date"], ["host", "x-amz-content-sha256", "X-Amz-Date"],
    sorted(HOST + [f"x-{number}" for number in range(500)])])
def test_signed_headers_are_a_signers_list(url, names):
    answer = refused(put(url, names=names), 403, "SignatureDoesNotMatch")
    assert not answer.element("CanonicalRequest")


@pytest.mark.parametrize("names", [
    ["host", "host"], ["Host"], ["host", "x-not-there"], ["range", "host"], ["host", ""]])
def test_signed_headers_of_a_link_are_a_signers_list(url, names):
    answer = put_presigned(url, names=names, unsigned=[("Range", "bytes=0-1")])
    assert answer.status in (400, 403) and not answer.element("CanonicalRequest"), answer
    names = ["host", "range"]
    assert put_presigned(url, signed=[("Range", "bytes=0-1")], names=names).status == 200


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
TRAILER = ("x-amz-checksum-crc32", crc32(b"hello"))
OTHER = ("x-amz-checksum-sha256", base64.b64encode(hashlib.sha256(b"hello").digest()).decode())
KINDS = [SIGNED, SIGNED + "-TRAILER", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]


@pytest.mark.parametrize("kind", KINDS)
def test_chunked_bodies_are_taken_as_announced(url, kind):
    trailers = [] if kind == SIGNED else [TRAILER]
    for chunks in ([b"hello"], [b"he", b"l", b"lo"]):
        assert chunked(url, chunks, kind, trailers).status == 200
        assert put(url, method="GET", body=b"").body == b"hello"
    # Some clients leave the last line end out.
    assert chunked(url, [b"hello"], kind, trailers, end=b"").status == 200
    big = [os.urandom(70_000) for _ in range(5)]
    trailers = [(TRAILER[0], crc32(b"".join(big)))] if trailers else []
    assert chunked(url, big, kind, trailers).status == 200
    assert put(url, method="GET", body=b"").body == b"".join(big)


@pytest.mark.parametrize("kind", KINDS)
def test_chunked_bodies_that_are_otherwise_are_refused(url, kind):
    has_trailer = kind != SIGNED
    trailers = [TRAILER] if has_trailer else []
    before = put(url, method="GET", body=b"").body

    def wrong(status, code, **options):
        options = {"chunks": [b"hello"], "kind": kind, "trailers": trailers, **options}
        refused(chunked(url, **options), status, code)
        assert put(url, method="GET", body=b"").body == before

    wrong(400, "MalformedTrailerError", end=b"\r\nmore")
    wrong(400, "MalformedTrailerError", end=b"\r\n0\r\n\r\n")
    wrong(411, "MissingContentLength", length="")
    wrong(400, "IncompleteBody", length=4)
    wrong(400, "IncompleteBody", length=6)
    wrong(400, "InvalidArgument", length="+5")
    wrong(400, "IncompleteBody", change=lambda body: body[:20])
    wrong(400, "IncompleteBody", change=lambda body: body.replace(b"\r\n", b"\n"))
    wrong(400, "IncompleteBody", change=lambda body: b"0" * 5000 + body)
    wrong(400, "IncompleteBody", change=lambda body: b"f" * 16 + body)
    # Trailers: not announced, announced and missing, none where the body has none.
    wrong(400, "MalformedTrailerError", trailers=[*trailers, OTHER],
          announced=[name for name, _ in trailers])
    wrong(400, "MalformedTrailerError", announced=[name for name, _ in trailers] + [OTHER[0]])
    wrong(400, "MalformedTrailerError", trailers=[("content-type", "text/html"), *trailers],
          announced=[name for name, _ in trailers])
    wrong(400, "InvalidRequest", announced=["content-type"])
    if has_trailer:
        wrong(400, "BadDigest", trailers=[(TRAILER[0], "AAAAAA==")])
    if "UNSIGNED" not in kind:
        wrong(403, "SignatureDoesNotMatch", change=lambda body: body.replace(b"hello", b"hellO"))
        wrong(403, "SignatureDoesNotMatch",
              change=lambda body: body.replace(b";chunk-signature=", b";chunk-signaturE="))


def test_presigned_errors_are_of_the_query(url):
    for query in ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Signature=x"):
        answer = send(url, "GET", f"/your-bucket-name/raw?{query}", [("Host", urlsplit(url).netloc)])
        refused(answer, 400, "AuthorizationQueryParametersError")
    answer = put_presigned(url, signer=Signer(service="sts"))
    refused(answer, 400, "AuthorizationQueryParametersError")


CHECKSUMS = [None, "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]


@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
@pytest.mark.parametrize("signs_payload", [True, False, None])
def test_boto3_uploads_with_every_checksum(stack, mode, signs_payload, tmp_path):
    s3 = boto3.client(
        "s3", region_name="us-east-1", endpoint_url=stack["s3"]["url"],
        aws_access_key_id=stack["aws"]["accessKeyId"],
        aws_secret_access_key=stack["aws"]["secretAccessKey"],
        config=Config(request_checksum_calculation=mode,
                      s3={"payload_signing_enabled": signs_payload}))
    file = tmp_path / "file"
    file.write_bytes(os.urandom(300_000))
    for checksum in CHECKSUMS:
        more = {"ChecksumAlgorithm": checksum} if checksum else {}
        for body in (b"", b"text", file.open("rb")):
            try:
                s3.put_object(Bucket="your-bucket-name", Key="boto", Body=body,
                              Metadata={"a": "1"}, **more)
            except ImportError:
                pytest.skip(f"{checksum} needs awscrt")
            except Exception as error:
                if "CRT" in str(error) or "awscrt" in str(error):
                    continue
                raise
            wanted = file.read_bytes() if hasattr(body, "read") else body
            found = s3.get_object(Bucket="your-bucket-name", Key="boto")
            assert found["Body"].read() == wanted and found["Metadata"] == {"a": "1"}


def test_presigned_links_of_boto3_work_with_curl(stack, tmp_path):
    s3 = stack.client("s3")
    where = {"Bucket": "your-bucket-name", "Key": "curl ü+"}
    link = s3.generate_presigned_url(
        "put_object", Params={**where, "Metadata": {"a": "1"}, "ContentType": "text/x"})
    file = tmp_path / "file"
    file.write_bytes(b"by curl")
    curl = ["curl", "-sS", "--fail-with-body", "--noproxy", "*"]
    words = [*curl, "-T", str(file), "-H", "Content-Type: text/x", link]
    done = subprocess.run([*words, "-H", "x-amz-meta-a: 1"], capture_output=True)
    assert done.returncode == 0, done
    # Without the field that was signed, or with one besides.
    for more in ([], ["-H", "x-amz-meta-a: 1", "-H", "x-amz-meta-b: 1"]):
        assert subprocess.run([*words, *more], capture_output=True).returncode == 22
    link = s3.generate_presigned_url("get_object", Params=where)
    done = subprocess.run([*curl, link], capture_output=True, check=True)
    assert done.stdout == b"by curl"
    head = s3.head_object(**where)
    assert head["Metadata"] == {"a": "1"} and head["ContentType"] == "text/x"


def test_a_region_of_its_own_is_found_by_boto3(stack):
    """Told of the right region, boto3 signs anew."""
    s3 = boto3.client(
        "s3", region_name="eu-west-1", endpoint_url=stack["s3"]["url"],
        aws_access_key_id=stack["aws"]["accessKeyId"],
        aws_secret_access_key=stack["aws"]["secretAccessKey"])
    assert s3.list_objects_v2(Bucket="your-bucket-name")["KeyCount"] > 0


def test_the_cli_copies(stack, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(os.urandom(100_000))
    stack.aws("s3", "cp", str(file), "s3://your-bucket-name/cli")
    stack.aws("s3", "cp", "s3://your-bucket-name/cli", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == file.read_bytes()


def usage(process):
    """Processor seconds and peak memory in MiB of a process."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), peak


def heads():
    """What costs most: the names that are signed besides the date, and the fields beside them."""
    letters = [f"{number:04x}" for number in range(5000)]
    yield "one name again and again", ["host"] + ["a"] * 15_000, [("a", "x" * 30_000)]
    yield "many names of one field each", ["host"] + letters[:3900], [(n, "") for n in letters[:3900]]
    yield "fields of one name", ["a", "host"], [("a", "x")] * 8000
    yield "names that are not there", ["host"] + letters, []
    yield "marks", ["host", "z" + "\u0301\u0323" * 14_000], []
    yield "escapes in the answer", ["a", "host"], [("a", "\"" * 55_000)]


@pytest.mark.parametrize("service", ["s3", "sts"])
def test_a_costly_head_costs_little(tmp_path, service):
    """Nobody's secret is needed for these; debug builds are some twenty times slower."""
    with Servers(tmp_path) as servers:
        servers.start("aws")
        process = servers.processes["aws"]
        url = "http://" + servers.address("s3" if service == "s3" else "aws")
        signer = Signer(service=service)
        host = ("Host", urlsplit(url).netloc)
        send(url, "GET", "/b/k", [host])
        for name, names, fields in heads():
            headers = [host, ("x-amz-date", signer.time), ("x-amz-content-sha256", EMPTY), *fields]
            headers = [(n, v.encode().decode("latin-1")) for n, v in headers]
            names = [*names, "x-amz-date"]
            text = ";".join(names if name == "one name again and again" else sorted(names))
            headers.append(("Authorization", (
                f"AWS4-HMAC-SHA256 Credential=test/{signer.scope}, SignedHeaders={text}, "
                f"Signature={'0' * 64}").encode().decode("latin-1")))
            cpu, peak = usage(process)
            answer = send(url, "GET", "/b/k", headers)
            after, high = usage(process)
            sent = sum(len(n) + len(v) + 4 for n, v in headers)
            print(f"{service} {name}: {sent} bytes, {(after - cpu) * 1000:.0f} ms, "
                  f"+{high - peak:.1f} MiB, {answer.status}, {len(answer.body)} bytes back")
            assert 400 <= answer.status < 500
            assert len(answer.body) < 3 * max(sent, 64 << 10)
            assert high - peak < 8
            assert after - cpu < float(os.environ.get("PODID_CPU_SECONDS", "1"))


def test_curl_signs_itself(stack, url):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    key = f"{stack['aws']['accessKeyId']}:{stack['aws']['secretAccessKey']}"
    done = command(
        ["curl", "-sS", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", key,
         "-w", "%{http_code}", url + "/your-bucket-name/hello.txt"], stack.environment, True)
    # Versions before 8 do not send the digest, which AWS wants as well.
    assert done.stdout.endswith("200") or "x-amz-content-sha256" in done.stdout
    assert requests.get(url + "/your-bucket-name/hello.txt", timeout=60).status_code == 403
