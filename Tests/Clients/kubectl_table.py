"""What genuine kubectl prints against the API server: rows that run in order, in one namespace.

In the expected text `*` stands for anything within a line, runs of blanks are one, and {ns} is the
namespace. `out` is compared whole; `err` likewise where it is given.
"""

from typing import NamedTuple


class Row(NamedTuple):
    words: str
    out: str = ""
    code: int = 0
    err: str = None
    stdin: str = None
    editor: str = None
    oldest: str = "1.0"


APP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: "{ns}", labels: {app: web}}
data: {colour: blue, size: big}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: "{ns}"}
stringData: {user: admin}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: app, namespace: "{ns}", labels: {app: web}}
"""
CHANGED = APP.replace("blue", "red").replace(", size: big", "")
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: "{ns}", labels: {app: web}}
spec:
  serviceAccountName: app
  containers:
  - {name: main, image: "nginx:1", env: [{name: A, value: b}]}
"""
FINAL = """
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, namespace: "{ns}", finalizers: [example.com/hold]}
"""
REPLACED = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: "{ns}"}
data: {colour: green}
"""
LEASE = """
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: elected, namespace: "{ns}"}
spec: {holderIdentity: me, leaseDurationSeconds: 15}
"""
UNKNOWN = """
apiVersion: v1
kind: ConfigMap
metadata: {name: odd, namespace: "{ns}"}
data: {a: b}
foo: bar
"""
WRONG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: Bad_Name, namespace: "{ns}"}
"""
TWICE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: twice, namespace: "{ns}"}
data: {a: b, a: c}
"""
RULE = ("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
        "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
        "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")

ROWS = [
    # Namespaces.
    Row("create namespace {ns}", "namespace/{ns} created"),
    Row("create namespace {ns}", "", 1,
        'Error from server (AlreadyExists): namespaces "{ns}" already exists'),
    Row("get namespace {ns}", "NAME STATUS AGE\n{ns} Active *s"),
    Row("get ns {ns} -o name", "namespace/{ns}"),
    Row("get ns {ns} -o jsonpath={{.metadata.labels}}", '{{"kubernetes.io/metadata.name":"{ns}"}}'),
    Row("get ns {ns} --no-headers", "{ns} Active *s"),
    Row("get ns nosuch", "", 1, 'Error from server (NotFound): namespaces "nosuch" not found'),
    Row("label namespace {ns} team=blue", "namespace/{ns} labeled"),
    Row("get ns -l team=blue,kubernetes.io/metadata.name={ns} -o name", "namespace/{ns}"),
    Row("delete namespace default", "", 1, 'Error from server (Forbidden): namespaces "default" is '
        "forbidden: this namespace may not be deleted"),
    # What every namespace has.
    Row("get sa -n {ns}", "NAME SECRETS AGE\ndefault 0 *s"),
    Row("get cm -n {ns}", "NAME DATA AGE\nkube-root-ca.crt 1 *s"),
    Row("get pods -n {ns}", "", 0, "No resources found in {ns} namespace."),
    Row("get secrets,events -n {ns} -o name", ""),
    # apply.
    Row("apply -f -", "configmap/settings created\nsecret/password created\n"
        "serviceaccount/app created", stdin=APP),
    Row("apply -f -", "configmap/settings unchanged\nsecret/password *\n"
        "serviceaccount/app unchanged", stdin=APP),
    Row("diff -f -", "*", 1, stdin=CHANGED),
    Row("diff -f -", "", 0, stdin=APP.split("---")[0]),
    Row("apply --dry-run=server -f -", "configmap/settings configured (server dry run)\n"
        "secret/password * (server dry run)\nserviceaccount/app unchanged (server dry run)",
        stdin=CHANGED),
    Row("apply --dry-run=client -f -", "configmap/settings configured (dry run)\n"
        "secret/password configured (dry run)\nserviceaccount/app * (dry run)",
        stdin=CHANGED),
    Row("get cm settings -n {ns} -o jsonpath={{.data.colour}}", "blue"),
    Row("apply -f -", "configmap/settings configured\nsecret/password *\n"
        "serviceaccount/app unchanged", stdin=CHANGED),
    Row("get cm settings -n {ns} -o jsonpath={{.data}}", '{{"colour":"red"}}'),
    Row("apply view-last-applied cm settings -n {ns} -o json", '{{\n*"apiVersion": "v1",\n*"data": '
        '{{\n*"colour": "red"\n*}},\n*"kind": "ConfigMap",\n*"metadata": {{\n*"annotations": {{}},\n'
        '*"labels": {{\n*"app": "web"\n*}},\n*"name": "settings",\n*"namespace": "{ns}"\n*}}\n}}'),
    Row("apply --server-side -f -", "", 1, "*server-side apply*", stdin=APP.split("---")[0]),
    Row("apply -f -", "", 1, "*strict decoding error: unknown field \"foo\"*", stdin=UNKNOWN),
    Row("apply --validate=warn -f -", "configmap/odd created", 0,
        'Warning: unknown field "foo"', stdin=UNKNOWN),
    Row("apply --validate=false -f -", "configmap/odd configured", 0, "", stdin=UNKNOWN),
    Row("create -f -", "", 1, 'The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: '
        f'"Bad_Name": {RULE}'.replace("{", "{{").replace("}", "}}"), stdin=WRONG),
    Row("create -f -", "", 1, 'Error from server (AlreadyExists): error when creating "STDIN": '
        'configmaps "settings" already exists', stdin=REPLACED),
    Row("apply -n other -f -", "", 1, "error: the namespace from the provided object \"{ns}\" does not "
        "match the namespace \"other\". You must pass '--namespace={ns}' to perform this operation.",
        stdin=REPLACED),
    Row("create -f - --dry-run=server", "configmap/kept created (server dry run)", stdin=FINAL),
    Row("get cm kept -n {ns}", "", 1, 'Error from server (NotFound): configmaps "kept" not found'),
    # Output forms.
    Row("get cm,sa -n {ns} -l app=web -o name", "configmap/settings\nserviceaccount/app"),
    Row("get cm settings -n {ns} -o yaml", 'apiVersion: v1\ndata:\n colour: red\nkind: ConfigMap\n'
        'metadata:\n annotations:\n kubectl.kubernetes.io/last-applied-configuration: |\n *\n '
        'creationTimestamp: "*Z"\n labels:\n app: web\n name: settings\n namespace: {ns}\n '
        'resourceVersion: "*"\n uid: *-*-*-*-*'),
    Row("get cm settings -n {ns} -o go-template={{{{.data.colour}}}}", "red"),
    Row("get cm settings -n {ns} -o custom-columns=N:.metadata.name,C:.data.colour",
        "N C\nsettings red"),
    Row("get sa -n {ns} -o wide", "NAME SECRETS AGE\napp 0 *s\ndefault 0 *s"),
    Row("get cm settings -n {ns} --show-labels", "NAME DATA AGE LABELS\nsettings 1 *s app=web"),
    Row("get cm settings -n {ns} -L app", "NAME DATA AGE APP\nsettings 1 *s web"),
    Row("get cm -n {ns} --sort-by=.metadata.name -o name",
        "configmap/kube-root-ca.crt\nconfigmap/odd\nconfigmap/settings"),
    Row("get cm -n {ns} --field-selector metadata.name=odd -o name", "configmap/odd"),
    Row("get cm -n {ns} --field-selector metadata.name!=odd -o name",
        "configmap/kube-root-ca.crt\nconfigmap/settings"),
    Row("get cm -n {ns} --field-selector data.x=1", "", 1,
        'Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label '
        'selector "", field selector "data.x=1": *field label not supported: data.x'),
    Row("get cm -n {ns} -l app=web,", "", 1, "*unable to parse requirement*"),
    Row("get cm -n {ns} -l app!=web -o name", "configmap/kube-root-ca.crt\nconfigmap/odd"),
    Row("get cm -n {ns} -l !app -o name", "configmap/kube-root-ca.crt\nconfigmap/odd"),
    Row("get cm -n {ns} -l app=in,app=out -o name", ""),
    Row("get cm -n {ns} --chunk-size=1 -o name",
        "configmap/kube-root-ca.crt\nconfigmap/odd\nconfigmap/settings"),
    Row("get secrets -n {ns}", "NAME TYPE DATA AGE\npassword Opaque 1 *s"),
    Row("get secret password -n {ns} -o jsonpath={{.data.user}}", "YWRtaW4="),
    Row("get sa -A -o name", "*serviceaccount/app*"),
    Row("get nosuch", "", 1, 'error: the server doesn\'t have a resource type "nosuch"'),
    Row("get cm settings odd -n {ns} -o name", "configmap/settings\nconfigmap/odd"),
    Row("get cm settings none -n {ns} -o name", "configmap/settings", 1,
        'Error from server (NotFound): configmaps "none" not found'),
    Row("get --raw /healthz", "ok"),
    Row("get --raw /api/v1/namespaces/{ns}/nosuch", "", 1,
        "Error from server (NotFound): the server could not find the requested resource"),
    # Labels and annotations.
    Row("label cm settings -n {ns} tier=front", "configmap/settings labeled"),
    Row("label cm settings -n {ns} tier=back", "", 1,
        "error: 'tier' already has a value (front), and --overwrite is false"),
    Row("label cm settings -n {ns} tier=back --overwrite", "configmap/settings labeled"),
    Row("label cm settings -n {ns} tier-", "configmap/settings unlabeled"),
    Row("label cm settings -n {ns} a=b_", "", 1, "error: invalid label value: *"),
    Row("label cm -n {ns} -l app=web all=yes", "configmap/settings labeled"),
    Row("annotate sa app -n {ns} note=one", "serviceaccount/app annotate*"),
    Row("annotate sa app -n {ns} note=one", "serviceaccount/app *"),
    Row("annotate sa app -n {ns} note=two", "", 1,
        "error: --overwrite is false but found the following declared annotation(s): 'note' already "
        "has a value (one)"),
    Row("annotate sa app -n {ns} note-", "serviceaccount/app annotate*"),
    # patch, replace, edit.
    Row("patch cm settings -n {ns} -p {{\"data\":{{\"a\":\"1\"}}}}", "configmap/settings patched"),
    Row("patch cm settings -n {ns} -p {{\"data\":{{\"a\":\"1\"}}}}",
        "configmap/settings patched (no change)"),
    Row("patch cm settings -n {ns} --type=merge -p {{\"data\":{{\"a\":null}}}}",
        "configmap/settings patched"),
    Row("patch cm settings -n {ns} --type=json "
        "-p [{{\"op\":\"replace\",\"path\":\"/data/colour\",\"value\":\"grey\"}}]",
        "configmap/settings patched"),
    Row("patch cm settings -n {ns} --type=json -p [{{\"op\":\"remove\",\"path\":\"/data/none\"}}]", "", 1,
        "The request is invalid: the server rejected our request due to an error in our request"),
    Row("patch cm settings -n {ns} -p {{\"metadata\":{{\"uid\":\"x\"}}}}", "", 1,
        "*metadata.uid: Invalid value: \"x\": field is immutable*"),
    Row("patch cm none -n {ns} -p {{}}", "", 1,
        'Error from server (NotFound): configmaps "none" not found'),
    Row("get cm settings -n {ns} -o jsonpath={{.data}}", '{{"colour":"grey"}}'),
    Row("replace -f -", "configmap/settings replaced", stdin=REPLACED),
    Row("get cm settings -n {ns} -o jsonpath={{.data}}{{.metadata.labels}}", '{{"colour":"green"}}'),
    Row("replace -f -", "", 1, 'Error from server (NotFound): error when replacing "STDIN": configmaps '
        '"kept" not found', stdin=FINAL),
    Row("replace --force -f -", 'configmap "settings" deleted*\nconfigmap/settings replaced',
        stdin=REPLACED),
    Row("edit cm settings -n {ns}", "configmap/settings edited", editor="sed -i s/green/brown/"),
    Row("get cm settings -n {ns} -o jsonpath={{.data.colour}}", "brown"),
    Row("edit cm settings -n {ns}", "", 0, "Edit cancelled, no changes made.", editor="true"),
    Row("set serviceaccount pod none app -n {ns}", "", 1, "*"),
    # Pods.
    Row("apply -f -", "pod/web created", stdin=POD),
    Row("apply -f -", "pod/web unchanged", stdin=POD),
    Row("wait --for=condition=Ready pod/web -n {ns} --timeout=30s", "pod/web condition met"),
    Row("wait --for=jsonpath={{.status.phase}}=Running pod/web -n {ns} --timeout=30s",
        "pod/web condition met"),
    Row("get pods -n {ns}", "NAME READY STATUS RESTARTS AGE\nweb 1/1 Running 0 *s"),
    Row("get pods -n {ns} -o wide", "NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS "
        "GATES\nweb 1/1 Running 0 *s * local-node <none> <none>"),
    Row("get pods -n {ns} --field-selector spec.serviceAccountName=app -o name", "pod/web"),
    Row("get pods -n {ns} --field-selector status.phase=Pending -o name", ""),
    Row("get all -n {ns} -o name", "pod/web"),
    Row("get pod web -n {ns} -o jsonpath={{.spec.containers[*].env[*].value}}", "b*"),
    Row("describe pod web -n {ns}", "Name: web\nNamespace: {ns}\n*\nService Account: app\n*"),
    Row("describe sa app -n {ns}", "Name: app\nNamespace: {ns}\nLabels: app=web\nAnnotations: <none>\n"
        "Image pull secrets: <none>\n*Events: <none>"),
    Row("describe cm settings -n {ns}", "Name: settings\nNamespace: {ns}\n*brown*"),
    Row("describe secret password -n {ns}", "Name: password\n*user: 5 bytes"),
    Row("describe ns {ns}", "Name: {ns}\nLabels: kubernetes.io/metadata.name={ns}\n team=blue\n"
        "Annotations: <none>\nStatus: Active*"),
    Row("describe node local-node", "Name: local-node\n*"),
    Row("get nodes", "NAME STATUS ROLES AGE VERSION\nlocal-node Ready <none> * v*"),
    Row("run tmp --image=busybox -n {ns}", "pod/tmp created"),
    Row("run tmp --image=busybox -n {ns} --dry-run=client -o name", "pod/tmp"),
    Row("run ghost --image=busybox -n {ns} "
        "--overrides={{\"spec\":{{\"serviceAccountName\":\"ghost\"}}}}", "", 1,
        'Error from server (Forbidden): pods "ghost" is forbidden: error looking up service account '
        '{ns}/ghost: serviceaccount "ghost" not found'),
    Row("logs web -n {ns}", "", 1, "Error from server*"),
    Row("exec web -n {ns} -- true", "", 1, "*"),
    Row("delete pod tmp -n {ns} --now", 'pod "tmp" deleted*'),
    Row("delete pod web -n {ns} --grace-period=0 --force", 'pod "web" force deleted*', 0, None),
    Row("wait --for=delete pod/web -n {ns} --timeout=10s", ""),
    # Service accounts and who one is.
    Row("create sa robot -n {ns}", "serviceaccount/robot created"),
    Row("create token robot -n {ns}", "*.*.*"),
    Row("create token robot -n {ns} --duration=30m -o jsonpath={{.spec.expirationSeconds}}", "1800"),
    Row("create token nosuch -n {ns}", "", 1,
        'error: failed to create token: serviceaccounts "nosuch" not found'),
    Row("create token robot -n {ns} --duration=1m", "", 1, "error: failed to create token: TokenRequest"
        '.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not '
        "specify a duration less than 10 minutes"),
    Row("auth whoami -o jsonpath={{.status.userInfo.username}}", "*admin*"),
    Row("auth can-i create pods -n {ns}", "yes"),
    Row("auth can-i get secrets -n {ns} --as-group=x --as=nobody", "*", None, None),
    # create, the generators.
    Row("create cm literal -n {ns} --from-literal=a=b", "configmap/literal created"),
    Row("create secret generic plain -n {ns} --from-literal=a=b", "secret/plain created"),
    Row("get secret plain -n {ns} -o jsonpath={{.type}}", "Opaque"),
    # Finalizers and deleting.
    Row("create -f -", "configmap/kept created", stdin=FINAL),
    Row("delete cm kept -n {ns} --timeout=1s", 'configmap "kept" deleted*', 1,
        "*error: timed out waiting for the condition on configmaps/kept"),
    Row("get cm kept -n {ns} -o name", "configmap/kept"),
    Row("patch cm kept -n {ns} --type=merge -p {{\"metadata\":{{\"finalizers\":null}}}}",
        "configmap/kept patched"),
    Row("get cm kept -n {ns}", "", 1, 'Error from server (NotFound): configmaps "kept" not found'),
    Row("delete cm literal odd -n {ns}", 'configmap "literal" deleted*\nconfigmap "odd" deleted*'),
    Row("delete secret -l nothing=here -n {ns}", "No resources found"),
    Row("delete secret --all -n {ns}", 'secret "password" deleted*\nsecret "plain" deleted*'),
    Row("delete cm none -n {ns}", "", 1, 'Error from server (NotFound): configmaps "none" not found'),
    Row("delete cm none -n {ns} --ignore-not-found", ""),
    Row("delete --raw /api/v1/namespaces/{ns}/serviceaccounts?labelSelector=app%3Dweb", "*app*"),
    Row("get sa app -n {ns}", "", 1, 'Error from server (NotFound): serviceaccounts "app" not found'),
    # A kind outside of the core group.
    Row("apply -f -", "lease.coordination.k8s.io/elected created", stdin=LEASE),
    Row("get leases -n {ns}", "NAME HOLDER AGE\nelected me *"),
    Row("patch lease elected -n {ns} --type=merge -p {{\"spec\":{{\"leaseTransitions\":-1}}}}", "", 1,
        'The Lease "elected" is invalid: spec.leaseTransitions: Invalid value: -1: must be greater '
        "than or equal to 0"),
    Row("get lease other -n {ns}", "", 1,
        'Error from server (NotFound): leases.coordination.k8s.io "other" not found'),
    Row("delete lease elected -n {ns}", 'lease.coordination.k8s.io "elected" deleted*'),
    # What there is.
    Row("api-versions", "authentication.k8s.io/v1\n*\nauthorization.k8s.io/v1\n"
        "coordination.k8s.io/v1\nv1"),
    Row("explain lease.spec", "*KIND: Lease\nVERSION: v1\n*holderIdentity*", 0, None),
    Row("api-resources --namespaced=false -o name", "*namespaces\n*nodes*"),
    Row("explain sa", "*KIND: ServiceAccount\nVERSION: v1\n*"),
    Row("explain pod.spec.containers", "*KIND: Pod\nVERSION: v1\n*FIELD: containers *"),
    Row("explain sa.nosuch", "*", 1, "*field \"nosuch\" does not exist*"),
    Row("version -o json", "*gitVersion*"),
    Row("cluster-info", "*Kubernetes control plane* is running at *https://127.0.0.1:*"),
    Row("events -n {ns}", "*", None, None),
    Row("delete namespace {ns} --timeout=30s", 'namespace "{ns}" deleted'),
    Row("get ns {ns}", "", 1, 'Error from server (NotFound): namespaces "{ns}" not found'),
]
