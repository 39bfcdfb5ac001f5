"""Docker, Compose and Kubernetes."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
ENV = Category.ENV_ERROR
add(
    "image_rate_limit",
    Family.RATE_LIMIT,
    "Docker Hub limits how many images may be fetched",
    "toomanyrequests | pull rate limit",
    category=Category.NEVER_RETRY,
)
add(
    "docker_not_running",
    Family.SERVICE_DOWN,
    "Docker itself is not running",
    "cannot connect to the docker daemon | is the docker daemon running"
    " | error during connect | docker desktop is not running"
    " | couldn't connect to docker daemon | dockerdesktoplinuxengine | docker_engine"
    " | failed to connect to the docker api",
    r"cannot connect to the docker|docker daemon running|error during connect"
    r"|desktop is not running|couldn't connect to docker|pipe|docker api",
    category=ENV,
)
add(
    "docker_socket_refused",
    Family.PERMISSION,
    "this account may not use Docker on this machine",
    "permission denied while trying to connect to the docker"
    " | got permission denied while trying"
    " | dial unix /var/run/docker.sock: connect: permission denied",
    category=Category.NEVER_RETRY,
)
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
add(
    "docker_build_file_missing",
    Family.MISSING_FILE,
    "a file that the image is built from is not where the build looks for it",
    "failed to compute cache key | failed to calculate checksum of ref | copy failed"
    " | failed to read dockerfile | unable to prepare context"
    " | unable to evaluate symlinks in dockerfile path | add failed"
    " | file not found in build context | forbidden path outside the build context | env file"
    " | no configuration file provided | can't find a suitable configuration file",
    r"\"/?([\w./*-]+)\":? not found|(?:copy|add) failed: .{0,200}?([\w.*-]+): no such file"
    r"|file not found in build context or excluded by \.dockerignore: stat ([\w./*-]+)"
    r"|(read dockerfile|dockerfile path)|(forbidden path)"
    r"|env file [\w./\\:-]*?([\w.-]+) not found|(configuration file)|copy failed|prepare context",
)
add(
    "docker_build_file_wrong",
    Family.BUILD_CONFIG,
    "the description of the image or of the services is not valid",
    "dockerfile parse error | failed to solve with frontend | unknown instruction"
    ' | version in "./ | services must be a mapping | unsupported config option'
    " | additional property | additional properties are not allowed"
    " | invalid interpolation format | invalid compose project | is invalid because"
    " | depends on undefined service | undefined network | undefined volume | target stage"
    " | no build stage | unknown flag | is not a docker command"
    " | could not be found, but no network",
    r"unknown instruction: ?(\w+)|additional propert(?:y|ies) '?([\w.-]+)|undefined (service"
    r"|network|volume)|target stage \"?([\w-]+)|(unsupported config option|interpolation)"
    r"|unknown (?:shorthand )?flag: '?([\w-]+)|parse error|frontend|unsupported version|mapping"
    r"|is invalid because|not a docker command",
    identifies=False,
    subject_identifies=True,
)
add(
    "container_name_taken",
    Family.PORT_IN_USE,
    "a container of this name is already there",
    "is already in use by container | the container name",
    r"container name \"?'?/?([\w.-]+)",
)
add(
    "container_command_missing",
    Family.BUILD_CONFIG,
    "the container is told to start a program that it does not have",
    "oci runtime create failed | oci runtime exec failed | executable file not found in $path"
    " | starting container process caused | exec user process caused"
    " | not a directory: unknown: are you trying to mount a directory onto a file"
    " | exec format error",
    r"exec: \"?'?([\w./-]+)\"?'?: (?:executable file not found|stat|permission denied"
    r"|no such file)|(mount a directory onto a file|not a directory)|(exec format error)"
    r"|exec user process caused:? \"?(no such file|permission denied|exec format)"
    r"|(executable file not found)|oci runtime|starting container",
)
add(
    "container_network",
    Family.BUILD_CONFIG,
    "the containers' network is not set up as this needs it",
    "could not find an available, non-overlapping ipv4 | network not found"
    " | declared as external, but could not be found | pool overlaps with other one"
    " | has active endpoints | all predefined address pools have been fully subnetted",
    r"(non-overlapping|pool overlaps|fully subnetted)|network ([\w.-]+) declared as external"
    r"|(declared as external)|(active endpoints)"
    r"|network not found",
)
add(
    "gpu_not_available",
    Family.BUILD_CONFIG,
    "the machine has no graphics processor that the program may use",
    "could not select device driver | torch not compiled with cuda enabled"
    " | no cuda gpus are available | found no nvidia driver | cuda is not available"
    " | cuda driver version is insufficient | nvidia-smi has failed | libcuda.so"
    " | no kernel image is available for execution | cuda initialization"
    " | torch.cuda.is_available() is false | no cuda-capable device | libcudart"
    " | device-side assert triggered",
    r"(device driver)|(not compiled with cuda)|(no cuda gpus|no cuda-capable|no nvidia driver"
    r"|cuda is not available|is_available\(\) is false)|(driver version is insufficient)"
    r"|(libcuda)|(no kernel image)|(device-side assert)|nvidia|cuda initialization",
)
