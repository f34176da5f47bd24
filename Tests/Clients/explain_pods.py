"""Pods that are there and cannot use their identity, and faults that are set."""

from explain_world import ROLE


def pod_is_older_than_its_association(world):
    world.service_account()
    world.make_pod()
    world.associate(world.role())


def pod_has_keys_of_its_own(world):
    world.whole()
    world.make_pod(env=[{"name": "AWS_ACCESS_KEY_ID", "value": "AKIDEXAMPLE"},
                        {"name": "AWS_SECRET_ACCESS_KEY", "value": "example"}])


def pod_takes_keys_from_a_secret(world):
    world.whole()
    world.stack.api("POST", "/api/v1/namespaces/default/secrets", {
        "metadata": {"name": world.name}, "stringData": {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}})
    world.make_pod(envFrom=[{"secretRef": {"name": world.name}}])


def pod_has_an_agent_of_its_own(world):
    world.whole()
    world.make_pod(env=[{"name": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                         "value": "http://127.0.0.1:9911/creds"}])


def pod_has_irsas_token(world):
    world.whole()
    world.make_pod(env=[
        {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/var/run/secrets/x/token"},
        {"name": "AWS_ROLE_ARN", "value": ROLE + world.name}])


def pod_skips_its_container(world):
    world.whole()
    world.make_pod({"eks.amazonaws.com/skip-containers": "app"})


def pod_skips_the_webhook(world):
    world.whole()
    world.make_pod(labels={"eks.amazonaws.com/skip-pod-identity-webhook": "true"})


def pod_mounts_what_is_missing(world):
    world.whole()
    world.make_pod(
        volumes=[{"name": "c", "configMap": {"name": world.name}}],
        volumeMounts=[{"name": "c", "mountPath": "/c"}])


def pod_of_another_account(world):
    world.whole()
    world.make_pod()
    world.account = "s3-reader-sa"


def pod_holds_the_credentials_of_before(world):
    identity = world.whole()
    world.make_pod()
    code, found = world.explain()
    assert code == 0, found
    # The app's own fetch is what the agent keeps; explain's is not kept.
    world.stack.podid("run", "--service-account", f"default/{world.name}", "--pod", world.pod, "--",
                      "aws", "sts", "get-caller-identity")
    world.eks.update_pod_identity_association(
        clusterName="local", associationId=identity, roleArn=world.role(world.name + "-new"))


# Faults, for this account alone.


def fault(*words):
    def broken(world):
        world.whole()
        world.stack.podid(
            "fault", "add", *words, "--service-account", f"default/{world.name}", "--id",
            world.name)

    broken.__name__ = ("fault_" + "_".join(words).replace("-", "_")).lower()
    return broken


# The set-up, the hop at which the walk stops, and what it says. One command mends each.
CASES = [
    (pod_is_older_than_its_association, "pod", "made before there was an association"),
    (pod_has_keys_of_its_own, "pod", "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"),
    (pod_takes_keys_from_a_secret, "pod", "from secrets/"),
    (pod_has_an_agent_of_its_own, "pod", "http://127.0.0.1:9911/creds"),
    (pod_has_irsas_token, "pod", "IRSA comes before"),
    (pod_skips_its_container, "pod", "skip-containers"),
    (pod_skips_the_webhook, "pod", "keeps the webhook away"),
    (pod_mounts_what_is_missing, "pod", "writes none of its files"),
    (pod_of_another_account, "pod", "runs as ServiceAccount"),
    (pod_holds_the_credentials_of_before, "STS", "from before the association named"),
    (fault("association-not-visible"), "EKS Auth", "action=association-not-visible"),
    (fault("error", "ThrottlingException", "--operation", "GetCredentials"), "agent", "fault"),
    (fault("stale-credentials"), "STS", "action=stale-credentials"),
    (fault("wrong-audience", "--operation", "TokenRequest"), "EKS Auth", "action=wrong-audience"),
]
