"""Go, Rust and Java."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "go_module",
    Family.MISSING_PACKAGE,
    "a Go module is missing or does not fit",
    "no required module provides package | cannot find package | is not in goroot"
    " | is not in std | no go files in | go.mod file not found | cannot find main module"
    " | missing go.sum | updates to go.mod needed | invalid go version | go.mod requires go"
    " | requires go >= | unknown revision | inconsistent vendoring"
    " | module declares its path as | malformed module path | ambiguous import"
    " | cannot find module providing package | import cycle not allowed"
    " | use of internal package | 410 gone | invalid version | go: errors parsing go.mod",
    r'no required module provides package ([\w./-]+)|cannot find package "?([\w./-]+)'
    r"|package ([\w./-]+) is not in (?:goroot|std)|providing package ([\w./-]+)"
    r"|(go\.mod file not found|find main module)|(updates to go\.mod)|(invalid go version"
    r"|requires go|go version)|(inconsistent vendoring)|(declares its path)|(import cycle)"
    r"|(?<![\w./-])([\w.-]+/[\w./-]+)@\S+: (?:invalid version|unknown revision|reading|410)"
    r"|(use of internal package)|(no go files)|ambiguous import|errors parsing|malformed module",
)
add(
    "go_compile",
    Family.CODE_BUG,
    "the Go program does not compile",
    ": undefined: | declared and not used | imported and not used | cannot use"
    " | too many arguments in call | not enough arguments in call | missing return"
    " | invalid operation: | nil pointer dereference | all goroutines are asleep"
    " | index out of range [ | concurrent map",
    r"undefined: ([\w.]+)|declared and not used:? ?(\w*)|\"([\w./-]+)\" imported and not used"
    r"|(nil pointer dereference)|(goroutines are asleep)|(concurrent map)|(index out of range)"
    r"|cannot use|arguments|missing return|invalid operation",
    identifies=False,
    subject_identifies=True,
)
add(
    "rust_compile",
    Family.CODE_BUG,
    "the Rust program does not compile",
    "error[e* | borrowed value does not live long enough | could not compile"
    " | is not a member of | cannot find crate | use of moved value | unresolved import"
    " | called 'option::unwrap()' on a 'none' value | called 'result::unwrap()'"
    " | attempted to leave type",
    r"error\[(e0\d{3})\]:? (.{5,160}?)(?: -->|$)|unresolved import '?([\w:]+)",
    identifies=False,
    subject_identifies=True,
)
add(
    "rust_toolchain",
    Family.VERSION_CONFLICT,
    "the installed Rust tools are missing a part or too old",
    "requires rustc | is not supported by the following"
    " | feature 'edition2024' is required | edition2024"
    " | rustup could not choose a version"
    " | no default toolchain | is not installed for the toolchain"
    " | target may not be installed | lock file version"
    " | linking with 'cc' failed"
    " | can't find crate for",
    r"package '?([\w-]+)(?: v[\d.]+)?'? cannot be built because it requires rustc"
    r"|(requires rustc|edition2024|following packages)"
    r"|(rustup could not|no default toolchain)|(target may not be installed"
    r"|can't find crate for)|(lock file version)|(linking with)|not installed|supported",
)
add(
    "java_version",
    Family.VERSION_CONFLICT,
    "the Java version does not fit the program or its build",
    "unsupported class file major version | class file version | unsupportedclassversionerror"
    " | invalid source release | source option | invalid target release"
    " | java_home is not set | java_home is set to an invalid directory"
    " | no compatible toolchains found | release version | class file has wrong version"
    " | could not determine java version | requires java | this build uses a java"
    " | incompatible with the java | fatal error compiling",
    r"major version (\d+)|class file version (\d+)|wrong version (\d+)|invalid (?:source"
    r"|target) release: ([\d.]+)|(?:source|target) option (\d+)|(java_home)"
    r"|release version (\d+) not supported|(toolchain)|(could not determine java version)"
    r"|(requires java|java 1[17]|a java)|java",
)
add(
    "object_loading",
    Family.CODE_BUG,
    "the program reads data from the database after it has closed the connection",
    "failed to lazily initialize a collection | could not initialize proxy | lazyinitialization",
)
add(
    "gradle_or_maven",
    Family.BUILD_CONFIG,
    "the description of the Java build does not work",
    "sdk location not found | failed to install the following android sdk"
    " | licences have not been accepted | licenses have not been accepted"
    " | namespace not specified | manifest merger failed | duplicate class"
    " | could not find method | could not get unknown property | plugin with id | unknown plugin"
    " | was not found in any of the following | minimum supported gradle version"
    " | compilesdkversion is not specified | execution failed for task"
    " | failed to apply plugin | non-parseable pom | dependencies.dependency.version"
    " | no compiler is provided in this environment | cannot find symbol"
    " | incompatible types: | there are test failures | could not find or load main class"
    " | noclassdeffounderror | classnotfoundexception | nosuchmethoderror"
    " | no goals have been specified | beancreationexception"
    " | failed to configure a datasource | no qualifying bean | nosuchbeandefinition"
    " | applicationcontext | nullpointerexception | ndk | kotlin version"
    " | incompatible version of kotlin | aapt | cleartext http traffic"
    " | could not create the java virtual machine | could not initialize class | bean named"
    " | minsdkversion | web server failed to start | keystore file | inconsistent jvm-target",
    r"(sdk location not found)|(licen[cs]es)|(namespace not specified)|duplicate class ([\w.]+)"
    r"|(minimum supported gradle)|(?:classnotfoundexception|noclassdeffounderror"
    r"|find or load main class):? ([\w./$]+)|(configure a datasource)|bean of type ['\[]?([\w.]+)"
    r"|(compiler is provided)|(compilesdkversion)|plugin (?:with id|\[id:) '?([\w.-]+)"
    r"|unknown property '?(\w+)|find method (\w+)\("
    r"|symbol: +(?:class|variable|method) (\w+)|(cleartext http)"
    r"|(manifest merger)|(inconsistent jvm-target)|(incompatible version of kotlin)"
    r"|keystore file|execution failed for task '?:?([\w:-]+)",
    identifies=False,
    subject_identifies=True,
)
