"""Names, associations and annotations that are broken, each in one way."""

from explain_world import ANNOTATION, OIDC, ROLE, SERVICE, statement

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


def account_is_in_another_namespace(world):
    world.whole()
    world.namespace = "empty-" + world.name
    world.stack.api("POST", "/api/v1/namespaces", {"metadata": {"name": world.namespace}})


def namespace_of_the_account_is_absent(world):
    world.whole()
    world.namespace = "absent-" + world.name


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


# The set-up, the hop at which the walk stops, and what it says. One command mends each.
CASES = [
    (no_namespace, "namespace", "not found"),
    (namespace_is_misspelt, "namespace", "namespace default has a ServiceAccount"),
    (namespace_is_being_deleted, "namespace", "is being deleted, and 1 of its objects"),
    (no_account, "service account", "not found"),
    (account_is_misspelt, "service account", "there is one of almost that name"),
    (account_is_in_another_namespace, "service account",
     "there is one of that name in another namespace: default/"),
    (namespace_of_the_account_is_absent, "namespace",
     "there is one of that name in another namespace: default/"),
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
]
