"""What npm, pnpm and yarn say about packages and lock files."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "npm_dependency_conflict",
    Family.VERSION_CONFLICT,
    "two packages want versions of a third that exclude each other",
    "eresolve | could not resolve dependency: | conflicting peer dependency",
    r"could not resolve dependency: (?:(?:npm )?(?:err!|error) )?(?:eresolve )?(?:dev "
    r"|peer(?:optional)? )?(@?[\w./-]+)@.{0,120}? from (@?[\w./-]+)@|eresolve",
)
add(
    "npm_package_json_broken",
    Family.BUILD_CONFIG,
    "the file that describes the JavaScript project is not readable as such",
    "ejsonparse | package.json must be actual json | err_pnpm_json_parse | invalid package.json",
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
    " | sha256sum mismatch | verifying go.sum | checksum didn't match",
    r"verifying ([\w./-]+)@|hashes from the requirements file.{0,400}? ([a-z][\w.-]+)(?:==| from )"
    r"|(?:e|)(integrity)|checksum|hashes from|verifying",
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
