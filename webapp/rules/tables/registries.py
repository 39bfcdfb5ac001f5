"""Package registries and image registries: sign-in, versions, lock files."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
NEVER = Category.NEVER_RETRY
add(
    "registry_sign_in",
    Family.MISSING_CREDENTIALS,
    "the package registry asks for a sign-in",
    "eneedauth | code e401 | unable to authenticate, need | npm err! 401 | npm error 401"
    " | this command requires you to be logged in | incorrect or missing password"
    " | 401 unauthorized - | eotp | one-time password | err_pnpm_fetch_401"
    " | no token found, please run 'cargo login' | please run 'cargo login'"
    " | error: 401 client error | 401 error, credentials not correct | nu1301"
    " | unable to load the service index",
    r"(eneedauth|requires you to be logged in)|(eotp|one-time password)|(cargo login)"
    r"|(unable to authenticate, need)|(incorrect or missing password)"
    r"|401 unauthorized - \w+ https?://([\w.-]+)|fetch_401.{0,200}?https?://([\w.-]+)"
    r"|(code e401|(?:npm )?(?:err!|error) 401|401 error)"
    r"|(401 client error).{0,80}?(?:pypi|/simple|upload\.|registry|/legacy)"
    r"|unable to load the service index for source https?://([\w.-]+).{0,200}40[13]",
    category=NEVER,
)
add(
    "registry_forbidden",
    Family.PERMISSION,
    "the package registry knows the account but does not allow it this",
    "code e403 | 403 forbidden - | 403 403 forbidden | you do not have permission to publish"
    " | code e402 | err_pnpm_fetch_403 | isn't allowed to upload to project"
    " | 403 forbidden from https://upload.pypi.org"
    " | invalid or non-existent authentication information | you must verify your email"
    " | payment required - | must be logged in to publish",
    r"do not have permission to publish \"?'?(@?[\w./-]+)|(do not have permission to publish)"
    r"|(e402|payment required)|(isn't allowed to upload)"
    r"|(authentication information)|(verify your email)|403 forbidden - \w+ https?://([\w.-]+)"
    r"|fetch_403|(e403)(?!.{0,400}(?:permission to publish|verify your email))",
    category=NEVER,
)
add(
    "version_already_published",
    Family.VERSION_CONFLICT,
    "the registry keeps this version already, and the next one needs another number",
    "you cannot publish over the previously published"
    " | cannot publish over previously published | file already exists. see https://pypi.org"
    " | file already exists ( | crate version | is already uploaded",
    r"publish over|file already exists|is already uploaded",
    identifies=False,
)
add(
    "image_registry_unauthorized",
    Family.INVALID_CREDENTIALS,
    "the image registry does not know who is asking, or the image is private",
    "unauthorized | 403 forbidden | denied: denied",
    r"(?:daemon|pull image|resolve|fetch|solve|head|get|pulling from host).{0,400}?(?:https?://"
    r"|host )([\w.-]+)(?:/v2/|/token| failed).{0,300}?"
    r"(?:(unauthorized)|403 forbidden|denied: denied)"
    r"|error from registry: (unauthorized|denied)",
    category=NEVER,
)
add(
    "image_refused",
    Family.PERMISSION,
    "the image registry does not let this account in",
    "pull access denied | requested access to the resource is denied | insufficient_scope"
    " | no basic auth credentials | denied: permission_denied"
    " | unauthorized: authentication required | unauthorized: incorrect username or password"
    " | denied: installation not allowed | denied: access forbidden"
    " | error response from daemon: unauthorized | error getting credentials"
    " | error saving credentials | denied: denied | failed to authorize: failed to fetch"
    " | authentication is required | denied: your authorization token has expired"
    " | unexpected status: 401 | unexpected status: 403 | 401 unauthorized",
    r"(?:pull access denied|insufficient_scope|requested access to the resource is denied)()"
    r"|(no basic auth credentials)|(denied: permission_denied|installation not allowed"
    r"|access forbidden|denied: denied)|(error (?:getting|saving) credentials)"
    r"|(unauthorized: \w+)|(failed to (?:authorize|fetch \w+ token))"
    r"|(authorization token has expired)|(error response from daemon: unauthorized)",
    category=NEVER,
)
add(
    "image_missing",
    Family.NOT_FOUND,
    "the image or its version does not exist",
    "manifest unknown | manifest for | not found: manifest | no matching manifest for"
    " | failed to resolve reference | image not found | no such image | errimageneverpull"
    " | invalidimagename | repository name must be lowercase | invalid reference format"
    " | failed to pull image | no match for platform in manifest | exec format error"
    " | name invalid",
    r"manifest for ([\w./:-]+) not found|no matching manifest for ([\w/]+)"
    r"|failed to pull image \"?'?([\w./:@-]+)\"?.{0,300}not found"
    r"|resolve reference \"?'?([\w./:@-]+)\"?.{0,200}not found|no such image:? ?([\w./:@-]+)"
    r"|(invalid reference format|must be lowercase)|(no match for platform)|(exec format error)"
    r"|manifest unknown|image not found|errimageneverpull|invalidimagename",
)
add(
    "npm_dependency_conflict",
    Family.VERSION_CONFLICT,
    "two packages want versions of a third that exclude each other",
    "eresolve | could not resolve dependency: | conflicting peer dependency",
    r"could not resolve dependency: (?:(?:npm )?(?:err!|error) )?(?:eresolve )?(?:dev "
    r"|peer(?:optional)? )?(@?[\w./-]+)@.{0,120}? from (@?[\w./-]+)@|eresolve",
)
add(
    "npm_package_json_missing",
    Family.MISSING_FILE,
    "the command was run in a folder that is not a JavaScript project",
    "package.json",
    r"(?:enoent|no such file or directory|could not (?:read|find)|no package\.json"
    r"|couldn't find an?|not find)[^|]{0,160}?\bpackage\.json\b",
)
add(
    "npm_package_missing",
    Family.MISSING_PACKAGE,
    "the registry has no package of this name",
    "is not in this registry | is not in the npm registry | code e404 | 404 not found - get"
    ' | err_pnpm_fetch_404 | couldn\'t find package | not found on the "npm" registry',
    r"404 not found: (@?[\w./-]+?)@|404 +'?(@?[\w.-]+(?:/"
    r"|%2f)?[\w.-]*?)(?:@[^' ]*)?'? is not in|404 not found - (?:get"
    r"|put) https?://[\w.-]+/(@?[\w.%-]+)|fetch_404.{0,120}https?://[\w.-]+/(@?[\w.%-]+)"
    r"|couldn't find package \"?'?(@?[\w./-]+?)(?:@[^\"' ]*)?[\"' ]|e404",
)
add(
    "npm_version_missing",
    Family.VERSION_CONFLICT,
    "the registry has no such version of the package",
    "etarget | no matching version found for | err_pnpm_no_matching_version"
    " | couldn't find any versions for",
    r"no matching version found for (@?[\w./-]+)@"
    r"|couldn't find any versions for \"?'?(@?[\w./-]+)|etarget|no_matching_version",
)
add(
    "npm_lock_out_of_date",
    Family.BUILD_CONFIG,
    "the list of exact package versions does not match the project",
    "can only install packages when your package.json and package-lock"
    " | can only install packages when your package.json and | outdated_lockfile"
    ' | cannot install with "frozen-lockfile" | your lockfile needs to be updated'
    " | lockfile would have been modified | lockfile_config_mismatch"
    " | the lockfile would have been | lockfile had changes, but lockfile is frozen"
    " | can only install with an existing package-lock"
    " | pyproject.toml changed significantly since | the lock file needs to be updated"
    " | needs to be updated but --locked was passed | lock file is not up to date"
    " | is not up to date with | lockfile is out of date",
    r"(?:package-lock|\bnpm ci\b)()|(pnpm)|(yarn)|\b(p)(?:yproject|oetry)|(cargo)|\b(bun)\b"
    r"|\Z()",
)
add(
    "npm_engine",
    Family.VERSION_CONFLICT,
    "a package wants another version of the runtime",
    "ebadengine | unsupported engine | is incompatible with this module | ebadplatform"
    " | unsupported platform for | err_pnpm_unsupported_engine",
    r"(?<![\w./@-])(@?[\w./-]{1,80})@[\w.+-]{1,40}: the engine"
    r"|engine \"?'?(\w+)\"?'? is incompatible|unsupported (?:engine"
    r"|platform)(?: for)? (@?[\w./-]+?)(?:@|:|\s)|(ebadengine|ebadplatform|unsupported_engine"
    r"|unsupported engine)",
)
add(
    "npm_integrity",
    Family.BUILD_CONFIG,
    "a downloaded package does not have the expected checksum",
    "eintegrity | integrity check failed | integrity checksum failed | checksum mismatch"
    " | do not match the hashes from the requirements file | checksum failed"
    " | sha256sum mismatch | hash sum mismatch | verifying go.sum | checksum didn't match",
    r"verifying ([\w./-]+)@|hashes from the requirements file.{0,400}? ([a-z][\w.-]+)(?:==| from )"
    r"|(?:e|)(integrity)|(hash sum mismatch)|checksum|hashes from|verifying",
)
add(
    "npm_script_missing",
    Family.BUILD_CONFIG,
    "the project has no command of this name",
    'missing script | command " | err_pnpm_no_script',
    r"missing script:? ?\"?'?([\w:-]+)|command \"([\w:-]+)\" not found|(no_script)",
)
add(
    "npm_cycle_or_state",
    Family.BUILD_CONFIG,
    "the package folder is in a state that the installer cannot handle",
    "enotempty | cb() never called | enotdir | eisdir | eexist | err! cannot read propert*"
    " | cannot read properties of null (reading 'matches') | maximum call stack size exceeded"
    " | invalid version | ejsonparse | eunsupportedprotocol | unsupported url type"
    ' | code eresolve | eduplicateworkspace | tracker "idealtree" already exists'
    " | invalid package name | exit handler never called",
    r"(enotempty|cb\(\) never called|never called|idealtree|reading 'matches'"
    r"|eunsupportedprotocol|unsupported url type|eduplicateworkspace)|enotdir|eisdir|eexist"
    r"|ejsonparse|invalid package name|invalid version",
)
add(
    "pip_conflict",
    Family.VERSION_CONFLICT,
    "the requested packages want versions that exclude each other",
    "resolutionimpossible | conflicting dependencies"
    " | resolver does not currently take into account | because no versions of"
    " | version solving failed | no solution found when resolving | contextualversionconflict"
    " | versionconflict | dependency conflict",
    r"cannot install ([\w.,\[\]= -]{3,80}?) because these package versions"
    r"|(?<![\w.-])([\w.-]+) [\w.]+ (?:requires|depends on|has requirement) ([\w.-]+)"
    r"|because (?:no versions of )?([a-z][\w.-]+)[^|]{0,80}? (?:depends on|requires) ([a-z][\w.-]+)"
    r"|version solving failed|no solution found|versionconflict|resolutionimpossible"
    r"|conflict",
)
add(
    "pip_package_missing",
    Family.MISSING_PACKAGE,
    "no version of this package fits the request",
    "could not find a version that satisfies the requirement"
    " | no matching distribution found for | packagesnotfounderror"
    " | not available from current channels | was not found in the package registry"
    " | unable to find installation candidates for",
    r"(?:satisfies the requirement|no matching distribution found for"
    r"|installation candidates for|available from current channels:) \(?-? ?([\w.\[\]-]+)"
    r"|because ([\w.-]+) was not found in the package registry",
)
add(
    "pip_requires_python",
    Family.VERSION_CONFLICT,
    "the package does not support this version of Python",
    "requires a different python | requires-python | python version not supported"
    " | current python version | is not supported by the project | requires python",
    r"package '?\"?([\w.-]+)'?\"? requires a different python|current python version"
    r"|requires.python|not supported",
)
add(
    "crate_missing",
    Family.MISSING_PACKAGE,
    "no version of this library fits the request",
    "no matching package named | failed to select a version for | no matching package found",
    r"no matching package named '?([\w-]+)"
    r"|failed to select a version for (?:the requirement )?'?([\w-]+)|no matching package",
)
add(
    "maven_artifact_missing",
    Family.MISSING_PACKAGE,
    "the repositories have no such library",
    "could not find artifact | could not find org | could not find com"
    " | could not resolve all files for configuration"
    " | could not resolve all dependencies for configuration"
    " | could not resolve all artifacts | was not found in any of the following sources"
    " | could not find io. | could not find method",
    r"(?:could not find artifact|could not find) ([\w.-]+:[\w.-]+)|plugin \[id: '([\w.-]+)'"
    r"|could not find method (\w+)\(|could not resolve ([\w.-]+:[\w.-]+):",
)
add(
    "gem_missing",
    Family.MISSING_PACKAGE,
    "no version of this library fits the request",
    "could not find gem | could not find | bundler could not find compatible versions"
    " | bundler::gemnotfound | your bundle is locked to | gem::missingspecerror",
    r"could not find (?:gem )?'?([\w-]+?)(?:-[\d.]+)?(?: \([^)]*\))?'? in (?:any of the sources"
    r"|locally|rubygems|source|the gemspec)|compatible versions for gem \"?([\w-]+)"
    r"|locked to ([\w-]+)|could not find '([\w-]+)' \([^)]*\) (?:among|required)",
)
add(
    "composer_conflict",
    Family.VERSION_CONFLICT,
    "the required libraries and the installed ones exclude each other",
    "could not be resolved to an installable set of packages | but your php version"
    " | your php version",
    r"requires (?:php extension )?([\w/-]+) .{0,60}(?:your|does not|missing|is not)"
    r"|(?:installable set)",
)
add(
    "apt_package_missing",
    Family.MISSING_PACKAGE,
    "the system's package list has no such package",
    "unable to locate package | has no installation candidate | no match for argument"
    " | unable to find a match | no available formula | unable to select packages"
    " | target not found | no package | unsatisfiable constraints"
    " | couldn't find any package by",
    r"(?:unable to locate package|package '?|match for argument:?|find a match:"
    r"|available formula with the name|target not found:) ?\"?'?([\w.+-]+)"
    r"|unable to select packages: ([\w.+-]+)|unsatisfiable constraints: ([\w.+-]+)"
    r"|no package ([\w.+-]+) available|find any package by",
)
add(
    "apt_repository_gone",
    Family.BUILD_CONFIG,
    "the system's package source is gone or not signed",
    "does not have a release file | no longer has a release file"
    " | couldn't be verified because the public key is not available | no_pubkey"
    " | is not signed | the following packages have unmet dependencies | held broken packages"
    " | cannot find a valid baseurl | failed to download metadata for repo | is not valid yet",
    r"repository '\S+ ([\w/-]+) release' (?:does|no)|(release file)|no_pubkey ([0-9a-f]+)"
    r"|(not signed)|have unmet dependencies:? ([a-z][\w.+-]+)|unmet dependencies|held broken"
    r"|(valid baseurl|download metadata)|(not valid yet)",
)
