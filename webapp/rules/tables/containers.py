"""Descriptions of images and of containers that belong together."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
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
    "oci runtime create failed | oci runtime exec failed"
    " | executable file not found in $path: unknown"
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
