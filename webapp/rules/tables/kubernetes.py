"""Kubernetes and Helm."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
ENV = Category.ENV_ERROR
add(
    "kubernetes_not_signed_in",
    Family.INVALID_CREDENTIALS,
    "the cluster does not accept the sign-in",
    "must be logged in to the server"
    " | the server has asked for the client to provide credentials"
    " | getting credentials: exec | x509: certificate has expired or is not yet valid",
    r"must be logged in to the server()|(asked for the client)|(getting credentials)"
    r"|kube.{0,200}(certificate has expired)",
    category=Category.NEVER_RETRY,
)
add(
    "kubernetes_forbidden",
    Family.PERMISSION,
    "the cluster knows the account but does not allow it this",
    "is forbidden: user | cannot list resource | cannot list pods | cannot create resource"
    " | cannot get resource | cannot patch resource",
    r"forbidden: user \"?'?(?:\")?([\w:@.-]+)\"?'? cannot (\w+) (?:resource )?\"?(?:resource )?"
    r"\"?([\w./-]+)",
    category=Category.NEVER_RETRY,
)
add(
    "kubernetes_quota",
    Family.BILLING_QUOTA,
    "the cluster's share for this project is used up",
    "exceeded quota: | is forbidden: exceeded",
    r"exceeded quota: ([\w.-]+)",
    category=Category.NEVER_RETRY,
)
add(
    "kubernetes_webhook_unreachable",
    Family.SERVICE_DOWN,
    "a part of the cluster that checks new objects does not answer",
    "failed calling webhook | failed to call webhook",
    r"fail\w* (?:calling|to call) webhook:? \"?'?([\w.-]+)",
    category=ENV,
)
add(
    "kubernetes_unreachable",
    Family.SERVICE_DOWN,
    "the cluster does not answer",
    "unable to connect to the server | the connection to the server"
    " | was refused - did you specify the right host or port | kubernetes cluster unreachable"
    " | couldn't get current server api group list | etcdserver: | apiserver not ready",
    r"unable to connect to the server:.{0,160}?(i/o timeout|no such host|connection refused"
    r"|tls handshake timeout|eof|no route to host|context deadline exceeded"
    r"|x509: certificate[\w ]{0,60}|net/http: [\w /-]{4,40})"
    r"|connection to the server ([\w.:-]+) was refused|cluster unreachable.{0,200}?(i/o timeout"
    r"|no such host|connection refused|invalid configuration)|(etcdserver: [\w ]{3,40})"
    r"|(server api group|apiserver not ready)|unable to connect to the server",
    category=ENV,
)
add(
    "kubernetes_scheduling",
    Family.OVERLOADED,
    "the cluster has no machine that is free for this",
    "nodes are available | insufficient cpu | insufficient memory | failedscheduling"
    " | insufficient nvidia.com/gpu | had untolerated taint | unbound immediate",
    r"(insufficient [\w./-]+)|(untolerated taint|node affinity|unbound)|nodes are available"
    r"|failedscheduling",
    category=ENV,
)
add(
    "kubernetes_wait_timeout",
    Family.TIMEOUT,
    "the cluster did not become ready in time",
    "timed out waiting for the condition | context deadline exceeded"
    " | exceeded its progress deadline | failed post-install | failed pre-install",
    r"(?:(post-install|pre-install|pre-upgrade"
    r"|post-upgrade).{0,60})?timed out waiting for the condition|(progress deadline)"
    r"|(context deadline exceeded)",
    category=ENV,
    identifies=False,
)
add(
    "helm_operation_in_progress",
    Family.LOCK_HELD,
    "another installation of the same release is at work",
    "another operation (install/upgrade/rollback) is in progress"
    " | the object has been modified; please apply your changes to the latest version",
    r"(another operation)|(has been modified)",
    category=ENV,
)
add(
    "kubernetes_pod_failing",
    Family.CODE_BUG,
    "the program starts in the cluster and stops again",
    "crashloopbackoff | back-off restarting failed container | liveness probe failed"
    " | readiness probe failed | createcontainerconfigerror | runcontainererror",
    r"restarting failed container[= ]([\w-]+)|crashloopbackoff|back-off|probe failed"
    r"|createcontainerconfigerror|runcontainererror",
    identifies=False,
    subject_identifies=True,
)
add(
    "kubernetes_object",
    Family.BUILD_CONFIG,
    "the description of the cluster's objects is not valid or names something that is not there",
    "error validating data | is invalid: spec | field is immutable | unknown field"
    " | error converting yaml to json | error from server (notfound)"
    " | error from server (alreadyexists) | the server could not find the requested resource"
    " | the server doesn't have a resource type | couldn't find key | strict decoding error"
    " | cannot re-use a name that is still in use | execution error at"
    " | chart.yaml file is missing | no cached repo found | has no deployed releases"
    " | invalid ownership metadata | error parsing | failed calling webhook"
    ' | failed to download " | no repository definition for | namespaces "'
    " | context was not found | current-context is not set"
    " | no configuration has been provided",
    r'(?<![\w.])(\w+\.?[\w.]*) "([\w./:-]+)" (is invalid|not found|already exists)'
    r"|unknown field \"?'?([\w.]+)|(requested resource"
    r"|re-use a name|still in use|no deployed releases|ownership metadata"
    r"|chart\.yaml file is missing|no cached repo|no repository definition)"
    r"|resource type \"([\w.-]+)\"|couldn't find key (\w+)|failed calling webhook \"([\w.-]+)"
    r"|(context was not found|current-context|no configuration has been provided)"
    r"|error converting yaml|immutable|error validating data|strict decoding|execution error at"
    r"|error parsing|is invalid"
    r"|failed to download",
    identifies=False,
    subject_identifies=True,
)
