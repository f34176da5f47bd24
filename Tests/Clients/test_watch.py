"""Watches to the line: selectors, revisions, bookmarks, ends; and requests for tokens on the wire."""

import json
import re
import time
import uuid

import pytest
import requests


@pytest.fixture
def kubernetes(stack):
    config = json.loads(open(stack["kubernetes"]["kubeconfig"]).read())
    session = requests.Session()
    session.trust_env = False
    session.verify = stack["kubernetes"]["ca"]
    session.headers["Authorization"] = "Bearer " + config["users"][0]["user"]["token"]
    session.url = stack["kubernetes"]["url"]
    return session


@pytest.fixture
def core(kubernetes):
    name = "watch-" + uuid.uuid4().hex[:8]
    made = kubernetes.post(
        kubernetes.url + "/api/v1/namespaces", json={"metadata": {"name": name}}, timeout=60)
    assert made.status_code == 201
    core = f"{kubernetes.url}/api/v1/namespaces/{name}"
    end = time.monotonic() + 30
    for path in ("/serviceaccounts/default", "/configmaps/kube-root-ca.crt"):
        # Made by controllers, a moment later.
        while kubernetes.get(core + path, timeout=60).status_code != 200:
            assert time.monotonic() < end, path
            time.sleep(0.02)
    yield core
    kubernetes.delete(f"{kubernetes.url}/api/v1/namespaces/{name}", timeout=60)


class Watch:
    """The lines of a watch as they come."""

    def __init__(self, session, url, **query):
        self.answer = session.get(
            url, params={"watch": "true", **query}, stream=True, timeout=20)
        self.lines = self.answer.iter_lines()

    def next(self):
        line = json.loads(next(self.lines))
        return line["type"], line["object"]

    def ends(self):
        return next(self.lines, None) is None


def make(session, core, name, labels=None):
    return session.post(core + "/configmaps", timeout=60, json={
        "metadata": {"name": name, "labels": labels or {}}}).json()["metadata"]["resourceVersion"]


def label(session, core, name, **labels):
    done = session.patch(
        f"{core}/configmaps/{name}", json={"metadata": {"labels": labels}}, timeout=60,
        headers={"Content-Type": "application/merge-patch+json"})
    assert done.status_code == 200
    return done.json()["metadata"]["resourceVersion"]


def test_head_goes_out_before_the_first_event(kubernetes, core):
    version = make(kubernetes, core, "one")
    watch = Watch(kubernetes, core + "/configmaps", resourceVersion=version)
    assert watch.answer.status_code == 200
    assert watch.answer.headers["Content-Type"] == "application/json"
    assert watch.answer.headers["Transfer-Encoding"] == "chunked"
    assert watch.answer.headers["Cache-Control"] == "no-cache, private"


def test_selectors_turn_updates_into_added_and_deleted(kubernetes, core):
    version = make(kubernetes, core, "one")
    watch = Watch(kubernetes, core + "/configmaps", resourceVersion=version, labelSelector="a=1")
    label(kubernetes, core, "one", a="1")
    label(kubernetes, core, "one", b="2")
    last = label(kubernetes, core, "one", a="0")
    got = [watch.next() for _ in range(3)]
    assert [kind for kind, _ in got] == ["ADDED", "MODIFIED", "DELETED"]
    gone = got[2][1]["metadata"]
    assert gone["labels"] == {"a": "1", "b": "2"} and gone["resourceVersion"] == last


def test_field_selectors_and_order(kubernetes, core):
    watch = Watch(kubernetes, core + "/configmaps", resourceVersion=make(kubernetes, core, "x"),
                  fieldSelector="metadata.name=wanted")
    for number in range(5):
        make(kubernetes, core, f"other-{number}")
    make(kubernetes, core, "wanted")
    versions = [int(label(kubernetes, core, "wanted", n=str(n))) for n in range(3)]
    got = [watch.next()[1]["metadata"] for _ in range(4)]
    assert {m["name"] for m in got} == {"wanted"}
    assert [int(m["resourceVersion"]) for m in got[1:]] == versions == sorted(versions)


@pytest.mark.parametrize("query", [{}, {"resourceVersion": "0"}])
def test_without_a_revision_what_is_there_comes_first(kubernetes, core, query):
    make(kubernetes, core, "a")
    make(kubernetes, core, "b")
    watch = Watch(kubernetes, core + "/configmaps", **query)
    names = {watch.next()[1]["metadata"]["name"] for _ in range(3)}
    assert names == {"a", "b", "kube-root-ca.crt"}


def test_a_revision_tells_what_came_after_it(kubernetes, core):
    first = make(kubernetes, core, "a")
    make(kubernetes, core, "b")
    kubernetes.delete(core + "/configmaps/a", timeout=60)
    watch = Watch(kubernetes, core + "/configmaps", resourceVersion=first)
    seen = []
    while len(seen) < 2:
        kind, made = watch.next()
        if made["metadata"]["name"] in "ab":
            seen.append((kind, made["metadata"]["name"]))
    assert seen == [("ADDED", "b"), ("DELETED", "a")]


def test_timeout_ends_a_watch_cleanly(kubernetes, core):
    assert Watch(kubernetes, core + "/secrets", resourceVersion=make(kubernetes, core, "a"),
                 timeoutSeconds="1").ends()


def test_future_revisions_wait_in_silence(kubernetes, core):
    watch = Watch(kubernetes, core + "/configmaps", resourceVersion="999999999", timeoutSeconds="1")
    assert watch.answer.status_code == 200 and watch.ends()


def test_watch_list(kubernetes, core):
    make(kubernetes, core, "a")
    watch = Watch(
        kubernetes, core + "/configmaps", allowWatchBookmarks="true", sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan", labelSelector="!x")
    assert {watch.next()[0] for _ in range(2)} == {"ADDED"}
    kind, mark = watch.next()
    assert kind == "BOOKMARK" and mark["kind"] == "ConfigMap"
    assert mark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(mark["metadata"]["resourceVersion"]) > 0
    make(kubernetes, core, "b")
    assert watch.next()[1]["metadata"]["name"] == "b"


@pytest.mark.parametrize("query, words", [
    ({"sendInitialEvents": "true"}, "resourceVersionMatch"),
    ({"resourceVersionMatch": "NotOlderThan"}, "forbidden for watch unless sendInitialEvents"),
    ({"timeoutSeconds": "abc"}, 'strconv.ParseInt: parsing "abc": invalid syntax'),
    ({"timeoutSeconds": "", "limit": "1"}, 'strconv.ParseInt: parsing "": invalid syntax'),
    ({"labelSelector": "a in"}, "unable to parse requirement"),
    ({"fieldSelector": "spec.x=1"}, "field"),
])
def test_bad_queries(kubernetes, core, query, words):
    answer = kubernetes.get(
        core + "/configmaps", params={"watch": "true", **query}, timeout=60)
    assert answer.status_code in (400, 422) and words in answer.json()["message"]


def test_tables(kubernetes, core):
    watch = kubernetes.get(
        core + "/configmaps", params={"watch": "true"}, stream=True, timeout=60,
        headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})
    line = json.loads(next(watch.iter_lines()))
    assert line["type"] == "ADDED" and line["object"]["kind"] == "Table"
    assert line["object"]["rows"][0]["object"]["metadata"]["name"] == "kube-root-ca.crt"


@pytest.mark.parametrize("query", [
    "watch=True", "watch=1", "watch=yes", "watch=", "watch", "watch=FALSE ", "watch=true&watch=0"])
def test_what_is_a_watch(kubernetes, core, query):
    """Python's Kubernetes client before 37 says True; apimachinery takes all but 0 and false for it."""
    answer = kubernetes.get(f"{core}/configmaps?timeoutSeconds=1&{query}", stream=True, timeout=20)
    assert json.loads(next(answer.iter_lines()))["type"] == "ADDED"


@pytest.mark.parametrize("query", ["", "watch=false", "watch=False", "watch=0", "watch=0&watch=1"])
def test_what_is_a_list(kubernetes, core, query):
    answer = kubernetes.get(f"{core}/configmaps?timeoutSeconds=1&{query}", timeout=60)
    assert answer.json()["kind"] == "ConfigMapList"


def test_flags_of_a_watch_are_read_the_same_way(kubernetes, core):
    watch = Watch(
        kubernetes, core + "/configmaps", allowWatchBookmarks="True", sendInitialEvents="True",
        resourceVersionMatch="NotOlderThan")
    assert [watch.next()[0] for _ in range(2)] == ["ADDED", "BOOKMARK"]
    # Without leave for bookmarks none comes; without initial events what is there is not told.
    watch = Watch(
        kubernetes, core + "/configmaps", sendInitialEvents="1", timeoutSeconds="1",
        resourceVersionMatch="NotOlderThan")
    assert watch.next()[0] == "ADDED" and watch.ends()
    for revision in "0", make(kubernetes, core, "later"):
        watch = Watch(
            kubernetes, core + "/configmaps", sendInitialEvents="False", timeoutSeconds="1",
            resourceVersionMatch="NotOlderThan", resourceVersion=revision)
        assert watch.ends()


@pytest.mark.parametrize("path", ["/configmaps?watch=True&resourceVersion=x",
                                  "/configmaps/kube-root-ca.crt?resourceVersion=x"])
def test_revisions_that_are_none(kubernetes, core, path):
    answer = kubernetes.get(core + path, timeout=60)
    assert answer.status_code == 500 and "reason" not in answer.json()
    assert answer.json()["message"] == (
        'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax')


@pytest.mark.parametrize("query, names", [
    ("limit=-1", "abk"), ("limit=0", "abk"), ("limit=2", "ab"), ("limit=%2B1", "a"),
    ("limit=1&resourceVersion=0", "abk")])
def test_limits(kubernetes, core, query, names):
    for name in "ab":
        make(kubernetes, core, name)
    found = kubernetes.get(f"{core}/configmaps?{query}", timeout=60).json()
    assert "".join(item["metadata"]["name"][0] for item in found["items"]) == names
    assert ("continue" in found["metadata"]) == (names != "abk")


def test_a_deletion_of_many_keeps_its_limit(kubernetes, core):
    for name in "abc":
        make(kubernetes, core, name, {"gone": "y"})
    query = "?labelSelector=gone&limit=2"
    answer = kubernetes.delete(f"{core}/configmaps{query}", timeout=60).json()
    assert [item["metadata"]["name"] for item in answer["items"]] == ["a", "b"]
    left = kubernetes.get(f"{core}/configmaps?labelSelector=gone", timeout=60).json()["items"]
    assert [item["metadata"]["name"] for item in left] == ["c"]
    query = f"?labelSelector=gone&limit=2&continue={answer['metadata']['continue']}"
    answer = kubernetes.delete(f"{core}/configmaps{query}", timeout=60).json()
    assert len(answer["items"]) == 1 and "continue" not in answer["metadata"]


@pytest.mark.parametrize("query, status", [
    ("gracePeriodSeconds=abc", 400), ("propagationPolicy=Nope", 422), ("dryRun=Some", 422),
    ("orphanDependents=true&propagationPolicy=Orphan", 422), ("dryRun=All", 200), ("", 200)])
def test_deletions_that_are_refused_delete_nothing(kubernetes, core, query, status):
    make(kubernetes, core, "kept")
    answer = kubernetes.delete(f"{core}/configmaps/kept?{query}", timeout=60)
    assert answer.status_code == status, answer.text
    left = kubernetes.get(f"{core}/configmaps/kept", timeout=60).status_code
    assert left == (404 if query == "" else 200)


TOKEN = "/serviceaccounts/default/token"


@pytest.mark.parametrize("body, kind, code, reason, words", [
    ("{bad", "application/json", 400, "BadRequest",
     "the object provided is unrecognized (must be of type TokenRequest): couldn't get "
     "version/kind; json parse error: invalid character 'b' looking for beginning of object key "
     "string ({bad)"),
    ("", "application/json", 400, "BadRequest", "unexpected end of JSON input"),
    ("{}", "text/plain", 415, "UnsupportedMediaType",
     "the body of the request was in an unknown format - accepted media types include: "
     "application/json, application/yaml, application/vnd.kubernetes.protobuf"),
    ('{"spec":{"expirationSeconds":599}}', "application/json", 422, "Invalid", "10 minutes"),
    ('{"spec":{"expirationSeconds":"x"}}', "application/json", 400, "BadRequest", ""),
    ('{"kind":"Pod","apiVersion":"v1"}', "application/json", 400, "BadRequest", ""),
])
def test_token_requests_that_are_refused(kubernetes, core, body, kind, code, reason, words):
    answer = kubernetes.post(
        core + TOKEN, data=body, headers={"Content-Type": kind}, timeout=60)
    status = answer.json()
    assert (answer.status_code, status["reason"]) == (code, reason), status
    assert words in status["message"]


def test_token_requests_that_are_taken(kubernetes, core):
    answer = kubernetes.post(core + TOKEN, json={"spec": {"bogus": 1}}, timeout=60)
    assert answer.status_code == 201
    assert answer.headers["Warning"] == '299 - "unknown field \\"spec.bogus\\""'
    answer = kubernetes.post(core + TOKEN, json={"spec": {"audiences": [""]}}, timeout=60)
    assert answer.status_code == 201
    answer = kubernetes.post(core + TOKEN, json={"spec": {"expirationSeconds": 100000}}, timeout=60)
    assert answer.headers["Warning"] == (
        '299 - "requested expiration of 100000 seconds shortened to 86400 seconds"')
    assert kubernetes.get(core + TOKEN, timeout=60).status_code == 405
    whole = kubernetes.post(core + TOKEN, json={}, timeout=60).json()
    assert whole["spec"]["boundObjectRef"] is None and whole["spec"]["expirationSeconds"] == 3600
    account = kubernetes.get(core + "/serviceaccounts/default", timeout=60).json()
    assert whole["metadata"]["uid"] == account["metadata"]["uid"]


def test_oidc_documents_on_the_wire(kubernetes):
    keys = requests.get(kubernetes.url + "/openid/v1/jwks", verify=kubernetes.verify, timeout=60)
    assert keys.headers["Content-Type"] == "application/jwk-set+json"
    assert keys.headers["Cache-Control"] == "public, max-age=3600"
    assert list(keys.json()["keys"][0]) == ["use", "kty", "kid", "alg", "n", "e"]
    for accept in ("application/json", "application/yaml", "text/html"):
        refused = kubernetes.get(
            kubernetes.url + "/openid/v1/jwks", headers={"Accept": accept}, timeout=60)
        assert refused.status_code == 406, accept
    assert kubernetes.post(kubernetes.url + "/openid/v1/jwks", timeout=60).status_code == 405


@pytest.mark.parametrize("accept", [None, "application/json", "*/*"])
def test_the_schema_is_json_for_whom_does_not_ask_for_protobuf(kubernetes, accept):
    answer = kubernetes.get(
        kubernetes.url + "/openapi/v2", headers={"Accept": accept} if accept else {}, timeout=60)
    assert answer.headers["Content-Type"] == "application/json"
    document = answer.json()
    assert document["swagger"] == "2.0" and document["info"]["title"] == "Kubernetes"
    definitions = document["definitions"]
    found = set(re.findall(r'"\$ref": ?"#/definitions/([^"]+)"', answer.text))
    assert found and found <= set(definitions) and "#/components" not in answer.text
    pod = definitions["io.k8s.api.core.v1.Pod"]
    assert pod["x-kubernetes-group-version-kind"] == [{"group": "", "version": "v1", "kind": "Pod"}]
    patch = document["paths"]["/api/v1/namespaces/{namespace}/pods/{name}"]["patch"]
    assert {"name": "fieldValidation", "in": "query", "type": "string"} in patch["parameters"]
    binary = kubernetes.get(kubernetes.url + "/openapi/v2", timeout=60, headers={
        "Accept": "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"})
    assert "protobuf" in binary.headers["Content-Type"]
