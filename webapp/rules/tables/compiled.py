"""Go, Rust, Java, Ruby, PHP, .NET, C and mobile builds."""

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
    " | could not get unknown property | plugin with id | unknown plugin"
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
    r"|unknown property '?(\w+)|symbol: +(?:class|variable|method) (\w+)|(cleartext http)"
    r"|(manifest merger)|(inconsistent jvm-target)|(incompatible version of kotlin)"
    r"|keystore file|execution failed for task '?:?([\w:-]+)",
    identifies=False,
    subject_identifies=True,
)
add(
    "apple_signing",
    Family.ACCOUNT_SETUP,
    "Apple wants a certificate, a profile or an agreement that only the account's owner can give",
    "no signing certificate | provisioning profile | requires a development team"
    " | code signing is required | no profiles for | agreed to the xcode license"
    " | code sign error | pla update available"
    " | unable to authenticate with app store connect | errsecinternalcomponent"
    " | no accounts: add a new account | the bundle identifier cannot be changed"
    " | sign in with the app-specific password | required agreement is missing | notarization",
    r"(xcode license)|(development team)|(provisioning profile|no profiles for)"
    r"|(signing certificate)|code sign|(errsecinternalcomponent)|(agreement|pla update)"
    r"|(app store connect"
    r"|app-specific|no accounts)|bundle identifier|notarization",
    category=Category.NEVER_RETRY,
)
add(
    "cocoapods_or_xcode",
    Family.BUILD_CONFIG,
    "the description of the mobile build does not work",
    "could not find compatible versions for pod | unable to find a specification for"
    " | cocoapods | xcrun: error | xcode-select: error | xcodebuild: error"
    " | phasescriptexecution | no podfile found"
    " | the sandbox is not in sync with the podfile.lock | framework not found"
    " | no such module ' | undefined symbols for architecture"
    " | building for ios simulator, but linking | multiple commands produce | expo"
    " | because every version of | pub get failed | the current dart sdk version is"
    " | flutter sdk | higher minimum deployment target | deployment target",
    r"(?:for pod|specification for) \"?'?([\w/-]+)|(xcrun|xcode-select|command line tools)"
    r"|(phasescriptexecution)|(podfile\.lock|sandbox is not in sync)|no such module '(\w+)"
    r"|framework not found (\w+)|symbols for architecture (\w+)|dart sdk version"
    r"|because every version of (\w+)|deployment target|xcodebuild|cocoapods|podfile"
    r"|multiple commands|expo|pub get|flutter sdk|linking",
    identifies=False,
    subject_identifies=True,
)
add(
    "ruby_error",
    Family.CODE_BUG,
    "the Ruby program or its set-up has a mistake",
    "uninitialized constant | undefined method | undefined local variable"
    " | your ruby version is | gem native extension | cannot load such file"
    " | wrong number of arguments | activesupport::messageencryptor::invalidmessage"
    " | missing 'secret_key_base' | missing secret_key_base | couldn't find"
    " | no route matches | bundler could not | webpacker"
    " | could not find a javascript runtime | frozenerror | is not checked out yet"
    " | loaderror",
    r"uninitialized constant ([\w:]+)"
    r"|undefined (?:local variable or )?method ['\"]?([\w?!]+)['\"]? for (?:an instance of )?(ni"
    r"l|[\w:#<]+)|(your ruby version)|native extension.{0,300}?(?:installing"
    r"|error occurred while) ([\w-]+)|cannot load such file -- ([\w./-]+)|(secret_key_base)"
    r"|(invalidmessage)|no route matches \[\w+\] ['\"]([^'\"]{1,80})|(javascript runtime)"
    r"|(is not checked out)|gem native"
    r"|wrong number|couldn't find|webpacker|frozenerror|loaderror|undefined local",
)
add(
    "php_error",
    Family.CODE_BUG,
    "the PHP program or its set-up has a mistake",
    "call to undefined | php fatal error | php parse error | class \" | class '"
    " | no application encryption key has been specified | undefined array key"
    " | undefined index | undefined variable $ | target class [ | could not find driver"
    " | please provide a valid cache path | maximum execution time of"
    " | vite manifest not found | mix manifest | unresolvable dependency"
    " | bindingresolutionexception | view [ | the stream or file"
    " | no such file or directory in | autoload.php | ext- | php extension"
    " | headers already sent | page expired | 419 | methodnotallowedhttpexception | route [",
    r"call to undefined (?:function|method) ([\w\\:]+)|class ['\"]([\w\\]+)['\"] not found"
    r"|target class \[([\w\\]+)\]|(encryption key)|(could not find driver)|(cache path)"
    r"|(maximum execution time)|(manifest not found)|undefined (?:array key|index"
    r"|variable):? ?['\"$]?(\w+)|(view|route) \[([\w.:-]+)\]|(stream or file)|(autoload\.php)"
    r"|\b(ext-\w+)|php extension ([\w-]+)|unresolvable|binding|headers already|page expired"
    r"|methodnotallowed|php (?:fatal|parse) error",
    identifies=False,
    subject_identifies=True,
)
add(
    "dotnet_error",
    Family.BUILD_CONFIG,
    "the .NET program or its set-up has a mistake",
    "error cs* | error msb* | error nu1* | error netsdk* | framework: 'microsoft."
    " | it was not possible to find any compatible framework"
    " | you must install or update .net | could not load file or assembly"
    " | object reference not set to an instance | unable to resolve service for type"
    " | a compatible .net sdk was not found | the current .net sdk does not support targeting"
    " | nullreferenceexception | no executable found matching command"
    " | unable to find package | no dbcontext was found | package downgrade | the entity type"
    " | no migrations configuration",
    r"(?:error )?(?:netsdk1045:? )?the current \.net sdk does not support targeting \.net (?:core"
    r"|standard)? ?(\d+\.\d+)"
    r"|error (cs\d{4}|msb\d{4}|nu\d{4}|netsdk\d{4}):? (.{5,80}?)(?:\. |\.$|\[|$)"
    r"|framework:? '(microsoft\.\w+)\.app', version '(\d+\.\d+)"
    r"|(compatible framework|install or update \.net|compatible \.net sdk)"
    r"|file or assembly '?([\w.]+)|service for type '?([\w.]+)"
    r"|unable to find package '?([\w.]+)|targeting \.net (?:core |standard |framework )?([\d.]+)"
    r"|(dbcontext)|object reference|nullreference|targeting|framework|downgrade|executable found"
    r"|entity type|migrations",
    identifies=False,
    subject_identifies=True,
)
add(
    "native_build",
    Family.BUILD_CONFIG,
    "a compiler or a library for the build is missing or does not fit",
    "undefined reference to | dso missing from command line | cmake error"
    " | could not find a package configuration file"
    " | no package ' | fatal error: | no acceptable c compiler | cannot find -l"
    " | ld returned 1 exit status | no rule to make target | missing separator"
    " | compat with cmake | compatibility with cmake | unrecognized command line option"
    " | unrecognized command-line option | segmentation fault | core dumped | sigsegv"
    " | illegal instruction | sigill | sigabrt | no cmake_cxx_compiler could be found"
    " | autoreconf | duplicate symbol | multiple definition of",
    r"([\w+-]+)\.so[\w.]*: error adding symbols|undefined reference to ['\"]?(?!symbol)([\w:~]+)"
    r"|package configuration file provided by \"?([\w-]+)"
    r"|no package ['\"]([\w.+-]+)|fatal error: ['\"]?([\w./+-]+)['\"]?:? (?:no such|file not)"
    r"|(no acceptable c compiler|cxx_compiler)|cannot find -l([\w.+-]+)"
    r"|make target ['\"]?([\w./-]+)|(missing separator)|(compatibility with cmake)"
    r"|(segmentation fault|sigsegv)|(illegal instruction|sigill)|(sigabrt)"
    r"|could not find ([\w-]+) \(missing|ld returned|unrecognized|core dumped|cmake|autoreconf"
    r"|duplicate symbol|multiple definition|fatal error",
    identifies=False,
    subject_identifies=True,
)
