"""The machine itself: disk, memory, files, locks, limits, interruptions."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
CODE, NEVER = Category.CODE_ERROR, Category.NEVER_RETRY
add(
    "system_library_missing",
    Family.MISSING_PACKAGE,
    "the program needs a library of the system that is not installed",
    "cannot open shared object file | library not loaded",
    r"([\w.+-]+\.so[\w.]*): cannot open shared|library not loaded: .{0,120}?([\w.-]+\.dylib)",
    category=CODE,
)
add(
    "file_watchers_used_up",
    Family.BUILD_CONFIG,
    "the system allows fewer watched files than the project has, which a setting decides",
    "system limit for number of file watchers reached | inotify watch limit reached"
    " | max_map_count | inotify_add_watch | inotify watches"
    " | user limit on the total number of inotify watches was reached",
    r"(max_map_count)|(inotify|file watchers)",
    category=CODE,
)
add(
    "disk_full",
    Family.DISK_FULL,
    "the disk has no space left",
    "no space left on device | enospc | not enough space on the disk | disk full"
    " | disk quota exceeded | edquot | database or disk is full"
    " | you don't have enough free space | not enough free disk space"
    " | insufficient disk space | insufficient space | disk is full | could not write to file"
    " | there is not enough space | evicted | ephemeral-storage | out of disk space"
    " | errno 28 | not enough disk space",
    r"(disk quota|edquot)|(database or disk is full)|(ephemeral-storage)|(?:no space left|enospc"
    r"|enough (?:free )?(?:disk )?space|disk (?:is )?full|insufficient (?:disk )?space"
    r"|out of disk|errno 28)()|could not write to file",
)
add(
    "javascript_heap",
    Family.OUT_OF_MEMORY,
    "the program needed more memory than it may use",
    "javascript heap out of memory | reached heap limit | err_worker_out_of_memory"
    " | ineffective mark-compacts",
)
add(
    "gpu_memory",
    Family.OUT_OF_MEMORY,
    "the graphics processor has too little free memory",
    "cuda out of memory | cuda error: out of memory | cuda_error_out_of_memory"
    " | oom when allocating tensor | cublas_status_alloc_failed | mps backend out of memory"
    " | hip out of memory | failed to allocate memory on device | resource exhausted: oom"
    " | model requires more system memory",
)
add(
    "java_heap",
    Family.OUT_OF_MEMORY,
    "the program needed more memory than it may use",
    "outofmemoryerror | java heap space | gc overhead limit exceeded | metaspace"
    " | unable to create new native thread | could not reserve enough space"
    " | expiring daemon because jvm heap space is exhausted"
    " | insufficient memory for the java runtime | native memory allocation",
    r"(java heap space|jvm heap)|(gc overhead)|(metaspace)|(native thread)|(could not reserve)"
    r"|(insufficient memory|native memory)|outofmemory",
)
add(
    "web_worker_timeout",
    Family.TIMEOUT,
    "a process of the web server took too long and was ended",
    "worker timeout",
    r"worker timeout()",
)
add(
    "memory_used_up",
    Family.OUT_OF_MEMORY,
    "the machine has no memory left for the program",
    "cannot allocate memory | enomem | out of memory | oomkilled | memoryerror"
    " | std::bad_alloc | exit code: 137 | exit code 137 | exitcode: 137 | non-zero code: 137"
    " | code 137 | signal 9 | sigkill | killed | unable to allocate | allowed memory size of"
    " | memory limit | runtime: out of memory | oom-kill | oom command not allowed"
    " | memory quota exceeded | r14 | bad_alloc | virtual memory exhausted"
    " | insufficient memory | not enough memory | ran out of memory | out_of_memory"
    " | status 137 | low on resource: memory",
    r"(low on resource: memory)|(allowed memory size)|(std::bad_alloc)"
    r"|unable to allocate [\d.]+ \w+ for an array"
    r"|(oomkilled|oom-kill)|(oom command)|\b(137)\b|(sigkill|signal 9)|\b(r14)\b"
    r"|(cannot allocate memory|enomem|out of memory|memoryerror|unable to allocate|memory limit"
    r"|memory quota|insufficient memory|not enough memory|ran out of memory|out_of_memory"
    r"|memory exhausted)|(?:^|[ :])killed\b",
)
add(
    "package_manager_locked",
    Family.LOCK_HELD,
    "another installation is at work",
    "could not get lock | unable to acquire the dpkg | is another process using it"
    " | another app is currently holding the yum lock | waiting for file lock on"
    " | unable to lock database | unable to lock the administration directory"
    " | another active homebrew | another installation is | waiting for cache lock"
    " | waiting for process with pid | another process has the lock"
    " | failed to lock apk database | another instance | resource temporarily unavailable",
    r"(dpkg|apt)|(yum|rpm|dnf)|(pacman|lock database)|(homebrew)|(apk)"
    r"|waiting for file lock on ([\w ]+)|lock|another in|resource temporarily",
)
add(
    "infrastructure_state_locked",
    Family.LOCK_HELD,
    "another run works on the same infrastructure",
    "acquiring the state lock | error locking state | state blob is already leased"
    " | the stack is currently locked",
)
add(
    "lock_held",
    Family.LOCK_HELD,
    "another task keeps locked what this one needs",
    "acquiring the state lock | state lock | timeout waiting to lock"
    " | resource busy or locked | ebusy | text file busy | etxtbsy | device or resource busy"
    " | release the startup lock | being used by another process | already locked | lock file "
    "| lockfile | is locked by"
    " | failed to acquire lock | unable to acquire lock | could not acquire lock"
    " | resource deadlock | process cannot access the file | a lock could not be acquired"
    " | state blob is already leased | lock held | already running"
    " | in use by another process | singletonlock | conflictingoperationinprogress"
    " | operation in progress | stack is currently being updated | update_in_progress"
    " | operationnotallowedexception | another operation is in progress"
    " | another update is currently in progress | a deployment is already in progress"
    " | profile appears to be in use",
    r"(state lock|already leased)|timeout waiting to lock ([\w ]{3,30})|(ebusy|resource busy)"
    r"|(text file busy|etxtbsy)|(being used by another process|cannot access the file)"
    r"|(acquire lock|could not be acquired|lock held|is locked by)|(in progress"
    r"|update_in_progress|being updated)|(profile appears|singletonlock|startup lock)"
    r"|another .{0,30}already running|(resource deadlock)",
    identifies=False,
)
add(
    "too_many_open_files",
    Family.OVERLOADED,
    "the machine has too many files or processes open",
    "emfile | enfile | too many open files | fork: retry | can't start new thread"
    " | resource unavailable | eagain | pthread_create | fork: resource",
    r"(emfile|enfile|too many open files)|(fork|new thread"
    r"|pthread_create(?:\(\))?:? failed)|eagain",
)
add(
    "interrupted",
    Family.INTERRUPTED,
    "the program was stopped from outside before it was done",
    "sigterm | the operation was canceled | signal 15 | received shutdown | keyboardinterrupt"
    " | sigint | exit code 143 | exit code 130 | the hosted runner | instance was terminated"
    " | host is shutting down | spotinstance | worker timeout | worker was sent sig"
    " | signal: terminated | canceled by",
    r"(sigterm|signal 15|143|signal: terminated)|(sigint|keyboardinterrupt|130)|(canceled)"
    r"|(worker timeout|worker was sent)|shut|terminated|hosted|spot",
    identifies=False,
)
add(
    "program_not_executable",
    Family.BUILD_CONFIG,
    "the file is not marked as a program that may be started",
    './ | exit code 126 | exit code: 126 | : permission denied | exec: "',
    r"(?:^|[\s'\":])(?:\./|/bin/sh: (?:1|\d+): |sh: (?:1: )?|bash: "
    r"|/usr/bin/env: )+'?([\w./-]+)'?: permission denied|(?:exec"
    r"|fork/exec) '?\"?([\w./-]+)\"?'?:? permission denied|exit code:? 126",
    category=CODE,
)
add(
    "privileged_port",
    Family.PORT_IN_USE,
    "only the system's administrator may use this low port, and a higher one is free",
    "eacces: permission denied 0.0.0.0: | eacces: permission denied :::"
    " | permission denied 0.0.0.0 | bind: permission denied | listen eacces"
    " | ports below 1024 | permission denied: bind | could not bind to address",
    r":(\d{2,4})\b|listen eacces",
    category=CODE,
)
add(
    "npm_global_folder",
    Family.PERMISSION,
    "the account that the agent works under may not install programs for the whole machine",
    "eacces | missing write access to",
    r"(?:eacces|missing write access)[^|]{0,120}?/lib/node_modules",
    category=NEVER,
)
add(
    "system_permission",
    Family.PERMISSION,
    "the account that the agent works under may not change this part of the machine",
    "eacces | permission denied | permissionerror | operation not permitted | eperm"
    " | access is denied | unauthorizedaccessexception | accessdeniedexception | are you root"
    " | must be root | sudo: a password is required"
    " | a terminal is required to read the password | is not in the sudoers"
    " | requires superuser | requires root | read-only file system | erofs | need to be root",
    r"(are you root|must be root|requires root|requires superuser|need to be root)|(sudo: a "
    r"|terminal is required|sudoers)|(read-only file system|erofs)|(?:eacces|permissionerror"
    r"|permission denied|eperm|operation not permitted|access is denied|unauthorizedaccess"
    r"|accessdenied)[^|]{0,80}?['\"(: ](/(?:usr|etc|var|root|opt|bin|lib|boot|sys"
    r"|proc)\b(?:/[\w.-]+){0,2})|(eacces|permissionerror|operation not permitted|eperm"
    r"|access is denied|unauthorizedaccess|accessdenied|permission denied)",
    category=NEVER,
    identifies=False,
)
