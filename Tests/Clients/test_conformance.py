"""Kubernetes' own conformance tests of ServiceAccounts that need no container, by their assertions.

Upstream: test/e2e/auth/service_accounts.go. The client is Python's `kubernetes`.
"""

import itertools
import uuid

import pytest
from kubernetes import client, config, watch


@pytest.fixture(scope="module")
def core(stack):
    return client.CoreV1Api(config.new_client_from_config(stack["kubernetes"]["kubeconfig"]))


@pytest.fixture
def namespace(core):
    name = "conformance-" + uuid.uuid4().hex[:8]
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name)


def pod(account, automount):
    spec = {"serviceAccountName": account, "containers": [{"name": "a", "image": "b"}]}
    if automount is not None:
        spec["automountServiceAccountToken"] = automount
    return spec


def test_should_allow_opting_out_of_api_token_automount(core, namespace):
    for account, setting in [("default-mount", None), ("mount", True), ("nomount", False)]:
        body = {"metadata": {"name": account}}
        if setting is not None:
            body["automountServiceAccountToken"] = setting
        core.create_namespaced_service_account(namespace, body)
    cases = itertools.product(
        [("default-mount", True), ("mount", True), ("nomount", False)], [None, True, False])
    count = 0
    for (account, by_account), by_pod in cases:
        name = f"pod-{count}"
        count += 1
        made = core.create_namespaced_pod(
            namespace, {"metadata": {"name": name}, "spec": pod(account, by_pod)})
        mounts = [m.mount_path for m in made.spec.containers[0].volume_mounts or []]
        expected = by_account if by_pod is None else by_pod
        assert ("/var/run/secrets/kubernetes.io/serviceaccount" in mounts) == expected, name
    assert count == 9


def test_should_run_through_the_lifecycle_of_a_serviceaccount(core, namespace):
    label = {"test-serviceaccount-static": "true"}
    selector = "test-serviceaccount-static=true"
    made = core.create_namespaced_service_account(
        namespace, {"metadata": {"name": "testserviceaccount", "labels": label}})
    read = core.read_namespaced_service_account("testserviceaccount", namespace)
    assert read.metadata.uid == made.metadata.uid
    events = watch.Watch().stream(
        core.list_namespaced_service_account, namespace, label_selector=selector,
        timeout_seconds=30)
    first = next(events)
    assert (first["type"], first["object"].metadata.name) == ("ADDED", "testserviceaccount")
    core.patch_namespaced_service_account(
        "testserviceaccount", namespace, {"automountServiceAccountToken": False})
    assert next(events)["type"] == "MODIFIED"
    found = [a for a in core.list_service_account_for_all_namespaces(label_selector=selector).items
             if a.metadata.namespace == namespace]
    assert [a.automount_service_account_token for a in found] == [False]
    core.delete_collection_namespaced_service_account(namespace, label_selector=selector)
    assert next(events)["type"] == "DELETED"


def test_should_guarantee_kube_root_ca_crt_exist_in_any_namespace(core, namespace):
    name = "kube-root-ca.crt"
    original = eventually(lambda: core.read_namespaced_config_map(name, namespace))
    core.delete_namespaced_config_map(name, namespace)
    again = eventually(lambda: core.read_namespaced_config_map(name, namespace))
    assert again.data == original.data and again.metadata.uid != original.metadata.uid
    core.replace_namespaced_config_map(
        name, namespace, {"metadata": {"name": name}, "data": {"ca.crt": ""}})
    assert eventually(
        lambda: core.read_namespaced_config_map(name, namespace),
        lambda found: found.data["ca.crt"]).data == original.data


def test_should_update_a_serviceaccount(core, namespace):
    core.create_namespaced_service_account(
        namespace, {"metadata": {"name": "e2e-sa"}, "automountServiceAccountToken": False})
    read = core.read_namespaced_service_account("e2e-sa", namespace)
    read.automount_service_account_token = True
    updated = core.replace_namespaced_service_account("e2e-sa", namespace, read)
    assert updated.automount_service_account_token is True
    stale = client.ApiException
    with pytest.raises(stale) as conflict:
        core.replace_namespaced_service_account("e2e-sa", namespace, read)
    # The same content again would be no change; it is the old version that is refused.
    assert conflict.value.status == 409


def test_should_create_a_token_and_ensure_a_successful_tokenreview(core, namespace):
    core.create_namespaced_service_account(namespace, {"metadata": {"name": "e2e-sa"}})
    token = core.create_namespaced_service_account_token("e2e-sa", namespace, {}).status.token
    assert token
    review = client.AuthenticationV1Api(core.api_client).create_token_review(
        {"spec": {"token": token}})
    assert review.status.authenticated and not review.status.error
    assert review.status.user.username == f"system:serviceaccount:{namespace}:e2e-sa"


def eventually(read, is_right=lambda _: True, seconds=120):
    """What `read` returns once it is there and right; controllers need a moment."""
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = read()
            if is_right(found):
                return found
        except client.ApiException as error:
            assert error.status == 404
        time.sleep(0.01)
    raise AssertionError("it did not come")
