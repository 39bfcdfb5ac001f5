"""What package managers of other languages and systems say about packages."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
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
    " | could not find io.",
    r"(?:could not find artifact|could not find) ([\w.-]+:[\w.-]+)|plugin \[id: '([\w.-]+)'"
    r"|could not resolve ([\w.-]+:[\w.-]+):",
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
    " | your php version | the requested php extension",
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
