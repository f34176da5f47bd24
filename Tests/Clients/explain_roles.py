"""Roles, trust policies and target roles that are broken, each in one way."""

import json

from explain_world import BOTH, GRANT, OIDC, ROLE, TRUST, condition, statement


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


def trust_misspells_a_tag(world):
    world.whole(condition(
        "StringEquals", "aws:RequestTag/kubernetes-serviceaccount", world.name))


def trust_asks_for_an_organization(world):
    world.whole(condition("StringEquals", "aws:SourceOrgID", "o-1234567890"))


def trust_asks_for_a_tag_that_the_role_lacks(world):
    world.whole(condition(
        "StringEquals", "aws:RequestTag/kubernetes-namespace", "${aws:ResourceTag/namespace}"))


def trust_ended(world):
    world.whole(condition("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))


def trust_compares_a_list_without_a_qualifier(world):
    world.whole(condition("StringEquals", "aws:TagKeys", "kubernetes-namespace"))


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
    first = world.role(policy=policy or GRANT)
    target = world.role(world.name + "-target", trust)
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
    world.role(world.name + "-other")
    chained(world, statement(Principal={"AWS": ROLE + world.name + "-other"}))


def target_trust_lacks_tag_session(world):
    chained(world, target_trust(world, Action="sts:AssumeRole"))


def target_wants_another_external_id(world):
    chained(world, target_trust(world, Condition={
        "StringEquals": {"sts:ExternalId": "us-east-1/111122223333/local/prod/app"}}))


def role_may_not_assume_the_target(world):
    root = "arn:aws:iam::111122223333:root"
    chained(world, statement(Principal={"AWS": root}), {**GRANT, "Statement": [{
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]})


def role_is_denied_the_target(world):
    chained(world, target_trust(world), {**GRANT, "Statement": [
        {"Effect": "Allow", "Action": BOTH, "Resource": "*"},
        {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]})


# The set-up, the hop at which the walk stops, and what it says. One command mends each.
CASES = [
    (role_was_deleted, "role", "does not exist"),
    (role_was_made_anew_with_a_path, "role", "another path"),
    (trust_lacks_tag_session, "trust policy", "The new policy adds sts:TagSession"),
    (trust_lacks_the_service, "trust policy", "Principal is Service ec2.amazonaws.com"),
    (trust_names_eks_itself, "trust policy", "in the place of eks.amazonaws.com"),
    (trust_is_irsas, "trust policy", "this trust is IRSA's"),
    (trust_denies, "trust policy", "spares aws:RequestTag/kubernetes-namespace"),
    (trust_denies_all_namespaces_but_one, "trust policy", "of the denial"),
    (trust_wants_another_namespace, "trust policy", "also takes aws:RequestTag/kubernetes-n"),
    (trust_wants_another_service_account, "trust policy", '"web" or "worker"'),
    (trust_compares_a_wildcard_by_equals, "trust policy", "by StringLike"),
    (trust_wants_a_tag_of_the_principal, "trust policy", "instead of aws:PrincipalTag"),
    (trust_wants_another_cluster, "trust policy", "wants aws:SourceArn"),
    (trust_wants_the_associations_arn, "trust policy", "wants aws:SourceArn"),
    (trust_wants_another_source_account, "trust policy", "wants aws:SourceAccount"),
    (trust_keeps_the_namespace_out, "trust policy", "drops the condition"),
    (trust_misspells_a_tag, "trust policy", "instead of aws:RequestTag/kubernetes-serviceacc"),
    (trust_asks_for_an_organization, "trust policy", "on AWS leave it as it is"),
    (trust_asks_for_a_tag_that_the_role_lacks, "trust policy", "gives the role the tag"),
    (trust_ended, "trust policy", "wants aws:CurrentTime by DateLessThan"),
    (trust_compares_a_list_without_a_qualifier, "trust policy", "ForAnyValue:StringEquals"),
    (session_tags_are_off, "trust policy", "turns session tags off"),
    (session_tags_are_off_for_a_session_policy, "trust policy", "has no session tags"),
    (target_role_is_missing, "target role", "does not exist in this account"),
    (target_role_of_another_account, "target role", "another account"),
    (target_does_not_trust_the_role, "target role", "adds a statement"),
    (target_trust_lacks_tag_session, "target role", "adds sts:TagSession"),
    (target_wants_another_external_id, "target role", "wants sts:ExternalId"),
    (role_may_not_assume_the_target, "target role", "may not do sts:AssumeRole"),
    (role_is_denied_the_target, "target role", "lets the denial be about all but"),
]
