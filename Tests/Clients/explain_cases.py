"""Set-ups that are broken each in one way, in a stack that is well."""

import json

from explain_world import ANNOTATION, BOTH, GRANT, ROLE, SERVICE, TRUST, condition, statement

# Name and namespace.


def no_namespace(world):
    world.namespace = "ns-" + world.name
    world.associate(world.role(), namespace=world.namespace)


def namespace_is_misspelt(world):
    world.whole()
    world.namespace = "defualt"


def namespace_is_being_deleted(world):
    namespace = world.namespace = "end-" + world.name
    world.stack.api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    world.service_account(namespace=namespace)
    world.associate(world.role(), namespace=namespace)
    world.stack.api("POST", f"/api/v1/namespaces/{namespace}/configmaps", {
        "metadata": {"name": "held", "finalizers": ["example.com/never"]}})
    world.stack.api("DELETE", f"/api/v1/namespaces/{namespace}")


def no_account(world):
    world.associate(world.role())


def account_is_misspelt(world):
    world.whole()
    world.account = world.name[:-1]


def account_has_capitals(world):
    world.whole()
    world.account = world.name.title()


def account_as_a_token_names_it(world):
    world.whole()
    world.account = f"system:serviceaccount:default:{world.name}"


def account_is_being_deleted(world):
    path = "/api/v1/namespaces/default/serviceaccounts"
    world.stack.api("POST", path, {
        "metadata": {"name": world.name, "finalizers": ["example.com/never"]}})
    world.associate(world.role())
    world.stack.api("DELETE", f"{path}/{world.name}")


# Association and annotation.


def no_association(world):
    world.role()
    world.service_account()


def association_in_another_namespace(world):
    world.service_account()
    world.associate(world.role(), namespace="prod")


def association_of_a_misspelt_account(world):
    world.service_account()
    world.associate(world.role(), name=world.name.replace("misspelt", "mispelt"))


def irsa_annotation_only(world):
    world.service_account(**{"eks.amazonaws.com/role-arn": world.role()})


def irsa_role_and_annotation(world):
    role = world.role(trust=OIDC)
    world.service_account(**{"eks.amazonaws.com/role-arn": role})


def annotation_has_another_key(world):
    world.service_account(**{"pod-identity.eks.amazonaws.com/role-arn": world.role()})


def annotated_role_is_missing(world):
    world.service_account(**{ANNOTATION: ROLE + world.name})


def annotated_role_is_misspelt(world):
    world.role()
    world.service_account(**{ANNOTATION: ROLE + world.name.replace("misspelt", "mispelt")})


def annotated_role_lacks_its_path(world):
    world.role(path="/team/app/")
    world.service_account(**{ANNOTATION: ROLE + world.name})


def annotation_is_no_arn(world):
    world.role()
    world.service_account(**{ANNOTATION: world.name})


def annotation_of_another_account(world):
    world.role()
    world.service_account(**{ANNOTATION: "arn:aws:iam::999999999999:role/" + world.name})


def annotation_of_another_partition(world):
    world.role()
    world.service_account(**{ANNOTATION: "arn:aws-cn:iam::111122223333:role/" + world.name})


def annotated_role_does_not_trust(world):
    world.role(trust=statement(Principal={"Service": "ec2.amazonaws.com"}))
    world.service_account(**{ANNOTATION: ROLE + world.name})


# The role and its trust policy.

OIDC = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"},
    "Condition": {"StringEquals": {"oidc.example.com:aud": "sts.amazonaws.com"}}}]}


def role_was_deleted(world):
    world.service_account()
    world.associate(world.role(policy=None))
    world.iam.delete_role(RoleName=world.name)


def role_was_made_anew_with_a_path(world):
    role_was_deleted(world)
    world.role(path="/team/")


def trust_lacks_tag_session(world):
    world.whole(statement(Action="sts:AssumeRole"))


def trust_lacks_the_service(world):
    world.whole(statement(Principal={"Service": "ec2.amazonaws.com"}))


def trust_names_eks_itself(world):
    world.whole(statement(Principal={"Service": "eks.amazonaws.com"}))


def trust_misspells_the_service(world):
    world.whole(statement(Principal={"Service": "pod.eks.amazonaws.com"}))


def trust_is_irsas(world):
    world.whole(OIDC)


def trust_denies(world):
    world.whole({**TRUST, "Statement": TRUST["Statement"] + [{
        "Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}]})


def trust_denies_all_namespaces_but_one(world):
    world.whole({**TRUST, "Statement": TRUST["Statement"] + [{
        "Effect": "Deny", "Principal": "*", "Action": BOTH, "Condition": {
            "StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "prod"}}}]})


def trust_wants_another_namespace(world):
    world.whole(condition("StringEquals", "aws:RequestTag/kubernetes-namespace", "prod"))


def trust_wants_another_service_account(world):
    world.whole(condition(
        "StringEquals", "aws:RequestTag/kubernetes-service-account", ["web", "worker"]))


def trust_compares_a_wildcard_by_equals(world):
    world.whole(condition("StringEquals", "aws:RequestTag/kubernetes-service-account", "x-*"))


def trust_wants_a_tag_of_the_principal(world):
    world.whole(condition("StringEquals", "aws:PrincipalTag/kubernetes-namespace", "default"))


def trust_wants_another_cluster(world):
    world.whole(condition(
        "ArnEquals", "aws:SourceArn", "arn:aws:eks:us-east-1:111122223333:cluster/other"))


def trust_wants_the_associations_arn(world):
    identity = world.whole()
    world.trust(condition(
        "ArnEquals", "aws:SourceArn",
        f"arn:aws:eks:us-east-1:111122223333:podidentityassociation/local/{identity}"))


def trust_wants_another_source_account(world):
    world.whole(condition("StringEquals", "aws:SourceAccount", "999999999999"))


def trust_keeps_the_namespace_out(world):
    world.whole(condition("StringNotLike", "aws:RequestTag/kubernetes-namespace", "default"))


def session_tags_are_off(world):
    world.whole(
        condition("StringEquals", "aws:RequestTag/kubernetes-namespace", "default"),
        disableSessionTags=True)


def session_tags_are_off_for_a_session_policy(world):
    world.whole(
        condition("StringEquals", "aws:RequestTag/kubernetes-namespace", "default"),
        disableSessionTags=True, policy=json.dumps(GRANT))


# The target role.


def chained(world, trust, policy=GRANT, **more):
    world.service_account()
    target = world.role(world.name + "-target", trust)
    first = world.role(policy=policy or GRANT)
    world.policy({**GRANT, "Statement": [{
        "Effect": "Allow", "Action": BOTH, "Resource": target}]} if policy is GRANT else policy)
    world.associate(first, targetRoleArn=target, **more)
    return first, target


def target_trust(world, **changes):
    return statement(Principal={"AWS": ROLE + world.name}, **changes)


def target_role_is_missing(world):
    chained(world, target_trust(world))
    world.iam.delete_role_policy(RoleName=world.name + "-target", PolicyName="p")
    world.iam.delete_role(RoleName=world.name + "-target")


def target_role_of_another_account(world):
    world.service_account()
    world.policy({**GRANT, "Statement": [{
        "Effect": "Allow", "Action": BOTH, "Resource": "*"}]}, world.role().split("/")[-1])
    world.associate(
        ROLE + world.name, targetRoleArn="arn:aws:iam::999999999999:role/" + world.name + "-far")


def target_does_not_trust_the_role(world):
    chained(world, statement(Principal={"AWS": ROLE + "somebody-else"}))


def target_trust_lacks_tag_session(world):
    chained(world, target_trust(world, Action="sts:AssumeRole"))


def target_wants_another_external_id(world):
    chained(world, target_trust(world, Condition={
        "StringEquals": {"sts:ExternalId": "us-east-1/111122223333/local/prod/app"}}))


def role_may_not_assume_the_target(world):
    chained(world, target_trust(world), {**GRANT, "Statement": [{
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]})


def role_is_denied_the_target(world):
    chained(world, target_trust(world), {**GRANT, "Statement": [
        {"Effect": "Allow", "Action": BOTH, "Resource": "*"},
        {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]})


# A pod that is there.


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
    (no_namespace, "namespace", "not found"),
    (namespace_is_misspelt, "namespace", "namespace default has a ServiceAccount"),
    (namespace_is_being_deleted, "namespace", "is being deleted, and 1 of its objects"),
    (no_account, "service account", "not found"),
    (account_is_misspelt, "service account", "there is one of almost that name"),
    (account_has_capitals, "service account", "no capitals"),
    (account_as_a_token_names_it, "service account", "how a token names a ServiceAccount"),
    (account_is_being_deleted, "service account", "held by its finalizers"),
    (no_association, "association", "neither an association nor the annotation"),
    (association_in_another_namespace, "association", "in namespace prod has one"),
    (association_of_a_misspelt_account, "association", "an account that does not exist"),
    (irsa_annotation_only, "association", "IRSA's annotation"),
    (irsa_role_and_annotation, "association", "IRSA's annotation"),
    (annotation_has_another_key, "association", "role-arn is not " + ANNOTATION),
    (annotated_role_is_missing, "association", "does not exist"),
    (annotated_role_is_misspelt, "association", "which does not exist;"),
    (annotated_role_lacks_its_path, "association", "/team/app/"),
    (annotation_is_no_arn, "association", "not the ARN of a role"),
    (annotation_of_another_account, "association", "another account or partition"),
    (annotation_of_another_partition, "association", "another account or partition"),
    (annotated_role_does_not_trust, "association", "must let " + SERVICE),
    (role_was_deleted, "role", "does not exist"),
    (role_was_made_anew_with_a_path, "role", "another path"),
    (trust_lacks_tag_session, "trust policy", "The new policy adds sts:TagSession"),
    (trust_lacks_the_service, "trust policy", "Principal is Service ec2.amazonaws.com"),
    (trust_names_eks_itself, "trust policy", "in the place of eks.amazonaws.com"),
    (trust_misspells_the_service, "trust policy", "in the place of pod.eks.amazonaws.com"),
    (trust_is_irsas, "trust policy", "this trust is IRSA's"),
    (trust_denies, "trust policy", "removes statement 2"),
    (trust_denies_all_namespaces_but_one, "trust policy", "of the denial"),
    (trust_wants_another_namespace, "trust policy", "also takes aws:RequestTag/kubernetes-n"),
    (trust_wants_another_service_account, "trust policy", '"web" or "worker"'),
    (trust_compares_a_wildcard_by_equals, "trust policy", "by StringLike"),
    (trust_wants_a_tag_of_the_principal, "trust policy", "instead of aws:PrincipalTag"),
    (trust_wants_another_cluster, "trust policy", "wants aws:SourceArn"),
    (trust_wants_the_associations_arn, "trust policy", "wants aws:SourceArn"),
    (trust_wants_another_source_account, "trust policy", "wants aws:SourceAccount"),
    (trust_keeps_the_namespace_out, "trust policy", "drops the condition"),
    (session_tags_are_off, "trust policy", "turns session tags off"),
    (session_tags_are_off_for_a_session_policy, "trust policy", "drops the condition"),
    (target_role_is_missing, "target role", "does not exist in this account"),
    (target_role_of_another_account, "target role", "another account"),
    (target_does_not_trust_the_role, "target role", "adds a statement"),
    (target_trust_lacks_tag_session, "target role", "adds sts:TagSession"),
    (target_wants_another_external_id, "target role", "wants sts:ExternalId"),
    (role_may_not_assume_the_target, "target role", "may not do sts:AssumeRole"),
    (role_is_denied_the_target, "target role", "takes that statement out"),
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
