"""Mobile builds, Ruby, PHP, .NET and C."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
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
