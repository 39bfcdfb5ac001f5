"""Messages that look like a refusal or an outage but are cured by changing the code."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "model_request_too_large",
    Family.REQUEST_TOO_LARGE,
    "one request is larger than the limit, so waiting cannot help but a smaller request can",
    "request too large for",
    r"request too large for (?:model )?['\"]?([\w.-]+)",
)
add(
    "model_context_too_long",
    Family.REQUEST_TOO_LARGE,
    "the text sent to the model is longer than the model can read",
    "maximum context length | context_length_exceeded | context length exceeded"
    " | prompt is too long | context window | input is too long for requested model"
    " | token count exceeds the maximum | max_tokens is too large"
    " | input length and `max_tokens` exceed | input length and 'max_tokens' exceed"
    " | longer than the specified maximum sequence length"
    " | string too long. expected a string with maximum length",
    r"context|prompt is too long|too (?:long|large)|exceed|longer",
)
add(
    "function_too_large",
    Family.BUILD_CONFIG,
    "what is put online is larger than the hosting service allows",
    'serverless function " | a serverless function has exceeded | unzipped size must be smaller'
    " | function code is too large",
    r"(unzipped) (?:maximum )?size|exceed\w* the maximum size()|too large",
)
add(
    "payload_too_large",
    Family.REQUEST_TOO_LARGE,
    "the server refuses a request of this size, and a smaller one would pass",
    "payload too large | payloadtoolargeerror | request entity too large | entity too large"
    " | 413 content too large | request body too large | message exceeded max size"
    " | message too long | grpc: received message larger than max"
    " | packet bigger than 'max_allowed_packet' | max_allowed_packet"
    " | function_payload_too_large | messagesizetoolarge | record too large"
    " | recordtoolargeexception | bsonobj size | max client request body | http 413"
    " | http code = 413"
    " | 413 request entity | 414 uri too long | 414 request-uri too large"
    " | 431 request header",
    r"(max_allowed_packet)|(bsonobj)|(record ?too ?large|message ?(?:size ?)?too ?l"
    r"|max message size"
    r"|messagesizetoolarge)|(received message larger)|(414|uri too l)|(431|request header)"
    r"|(function_payload)|(413|payload|entity|body)",
)
add(
    "openai_removed_interface",
    Family.REMOVED_FEATURE,
    "the program uses an interface that the installed version no longer has",
    "no longer supported in openai>=",
    r"tried to access (openai\.\w+), but this is no longer supported",
)
add(
    "compiler_missing",
    Family.MISSING_TOOL,
    "the build needs a compiler that is not installed",
    "linker ' | linker \" | unable to execute ' | c compiler cannot create executables"
    ' | exec: "gcc" | exec: "cc" | exec: "clang" | exec: "g++" | c compiler "gcc"'
    " | no acceptable c compiler found | command 'gcc' failed | command 'cc' failed",
    r"linker ['\"]([\w.+-]+)['\"] not found|unable to execute ['\"]([\w.+-]+)['\"]:? no such file"
    r"|exec: ['\"](gcc|cc|g\+\+|clang)['\"]: executable"
    r"|(no acceptable c compiler|compiler cannot create)"
    r"|command ['\"]g?cc['\"] failed:? no such file()",
)
add(
    "native_library_missing",
    Family.MISSING_PACKAGE,
    "the build needs a library of the system that is not installed",
    "failed to run custom build command for | could not find directory of | find openssl via"
    " | was not found in the pkg-config search path | openssl development",
    r"custom build command for '?([a-z0-9_]+)|could not find directory of ([\w.+-]+) installation"
    r"|package ([\w.+-]+) was not found in the pkg-config|(openssl) (?:development|via)",
)
add(
    "web_server_upstream",
    Family.BUILD_CONFIG,
    "the web server's settings name a part of the project that is not there under this name",
    "host not found in upstream",
    r"host not found in upstream ['\"]([\w.-]+)",
)
add(
    "model_retired",
    Family.REMOVED_FEATURE,
    "the model has been retired, and another one has to be named",
    "model_decommissioned | has been decommissioned | has been deprecated and"
    " | model has been deprecated | model is deprecated | model_deprecated | end-of-life",
    r"(?<![\w./:-])([\w./:-]+)['\"]? (?:has been|is) (?:decommissioned|deprecated|retired)",
)
add(
    "model_not_found",
    Family.NOT_FOUND,
    "the named model does not exist for this account, and another one can be named",
    "model_not_found | does not exist or you do not have access to it | the model '"
    ' | the model " | not_found_error | is not found for api version | model not found'
    " | is not a valid model | no endpoints found for | try pulling it first | unknown model",
    r"(?<![\w./:-])(?:models?[/: ]+)?['\"]?([\w./:-]+)['\"]? (?:does not exist or you"
    r"|is not found for api version|does not exist|not found,? try pulling)"
    r"|not_found_error.{0,60}?model: ([\w.-]+)|(?:model not found|unknown model"
    r"|not a valid model|no endpoints found for):? ?['\"]?([\w./:-]*)",
)
add(
    "deprecated_action_version",
    Family.REMOVED_FEATURE,
    "the pipeline uses a version that its provider has switched off",
    "automatically failed because it uses a deprecated version",
    r"deprecated version of '?\"?([\w./-]+):? ?'?(v\d+)?",
)
add(
    "kubernetes_kind_removed",
    Family.REMOVED_FEATURE,
    "this version of Kubernetes does not know this kind of object",
    "no matches for kind",
    r"no matches for kind \"?'?(\w+)\"?'? in (?:version|group) \"?'?([\w./-]+?)(?=[\"'\s\\,]|$)",
)
add(
    "externally_managed_environment",
    Family.BUILD_CONFIG,
    "the system's own Python refuses packages, and a virtual environment takes them",
    "externally-managed-environment | this environment is externally managed",
)
add(
    "javascript_test_timeout",
    Family.FAILING_TESTS,
    "a test did not finish within the time that the test itself sets",
    "exceeded timeout of | for async tests and hooks, ensure | test timed out in"
    " | hook timed out in | test timeout of | async callback was not invoked within"
    " | jest.settimeout | cy.visit() failed | timed out retrying after",
    r"(exceeded timeout of|for async tests and hooks|test timed out in|hook timed out in"
    r"|test timeout of|async callback was not invoked|timed out retrying after .{0,200})",
)
add(
    "page_element_timeout",
    Family.FAILING_TESTS,
    "the test waited for something on the page that did not appear",
    "waiting for selector | waiting for locator | waiting for getby | locator."
    " | nosuchelementexception | no such element | elementclickintercepted"
    " | element click intercepted | strict mode violation | staleelementreference"
    " | stale element reference | waiting for function failed | expect(locator)",
    r"waiting for (?:selector|locator|getby\w+)|locator\.\w+: timeout|no such ?element"
    r"|click ?intercepted|strict mode violation|stale ?element|waiting for function failed"
    r"|expect\(locator",
    identifies=False,
)
add(
    "port_in_use",
    Family.PORT_IN_USE,
    "another program already uses this port, and a different one can be chosen",
    "port is already allocated | address already in use | eaddrinuse"
    " | is already in use by another process | port already in use | ports are not available"
    " | only one usage of each socket address | was already in use | port is already in use"
    " | port is in use | another process is already listening | is already being used"
    " | is in use by another program",
    r"(?:0\.0\.0\.0|\d+\.\d+\.\d+\.\d+|:::?|\*|\[::\]|localhost"
    r"|port):? ?['\"]?:*(\d{2,5})[^\d]{0,60}(?:in use|already|allocated|failed|not available"
    r"|usage of)|(?:in use|not available|usage of each)[^\d]{0,60}(?:\d+\.\d+\.\d+\.\d+|:::?|\*"
    r"|\[::\]|localhost|port|\('[^']{0,40}',)?:? ?(\d{2,5})\b|in use|allocated|already"
    r"|socket address",
)
add(
    "gitignored_lfs_pointer",
    Family.MISSING_FILE,
    "the file is only a pointer of Git LFS, and the real content was not fetched",
    "version https://git-lfs.github.com/spec | encountered 1 file that should have been a pointer",
)
add(
    "node_openssl_legacy",
    Family.VERSION_CONFLICT,
    "the build tools are older than the cryptography of this Node.js version",
    "digital envelope routines | err_ossl_evp_unsupported | 0308010c",
)
add(
    "missing_go_sum_entry",
    Family.BUILD_CONFIG,
    "the list of verified Go modules lacks an entry, and one command adds it",
    "missing go.sum entry",
    r"[\s'\"(]([\w.-]+\.[a-z]+/[\w.-]+/?[\w.-]*?)(?:@v[\w.+-]+)?: missing go\.sum entry"
    r"|missing go\.sum entry for (?:module providing package )?([\w.-]+\.[a-z]+/[\w.-]+(?:/"
    r"[\w.-]+)?)",
)
add(
    "assertion_failed",
    Family.FAILING_TESTS,
    "one of the project's own tests expects something else",
    "assertionerror | expect(received) | --- fail: | test suite failed to run"
    " | assertionfailederror",
    r"failed ([\w./-]+::[\w\[\]:.-]+)|--- fail: (\w+)",
)
