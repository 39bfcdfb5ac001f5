"""JavaScript and TypeScript."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "graphql_subscription",
    Family.CODE_BUG,
    "a live query of the interface does not return a stream",
    "must return async iterable",
)
add(
    "typescript_module_missing",
    Family.MISSING_PACKAGE,
    "the program uses a package or its type descriptions, which are not installed",
    "ts2307 | ts7016 | or its corresponding type declarations"
    " | could not find a declaration file for module | ts2688"
    " | cannot find type definition file",
    r"(?:module|file for) ['\"](@?[\w./@-]+)['\"]",
)
add(
    "typescript_types",
    Family.CODE_BUG,
    "the program mixes up kinds of values",
    "error ts* | ts23* | ts25* | ts27* | ts70* | ts18* | is not assignable to"
    " | does not exist on type | implicitly has an 'any' type | type error:",
    r"\b(ts\d{4,5})\b.{0,4}:? (.{10,80}?)(?:[.\n]| src|$)"
    r"|property '(\w+)' does not exist on type '?([\w<>\[\] {}]{1,40})|(is not assignable to"
    r"|implicitly has an)",
    identifies=False,
    subject_identifies=True,
)
add(
    "node_module_missing",
    Family.MISSING_PACKAGE,
    "the program uses a package that is not installed",
    "cannot find module | cannot find module: | cannot find package | module not found:"
    " | err_module_not_found"
    ' | could not resolve " | failed to resolve import | rollup failed to resolve import'
    " | could not resolve ' | unable to resolve module | can't resolve ' | module_not_found"
    " | cannot resolve module | unable to resolve path to module"
    " | failed to resolve entry for package | cannot find native binding",
    r"(?:cannot find (?:module|package)|can't resolve|could not resolve"
    r"|failed to resolve import|unable to resolve (?:path to )?module|cannot resolve module"
    r"|resolve entry for package|module not found: error: can't resolve):? ['\"]?(?:(?:file:/+)?"
    r"(?:[a-z]:)?[^'\"]{0,200}node_modules[\\/])?((?:\.{1,2}/|/|[a-z]:\\)?@?[\w./@\\-]+)"
    r"|(err_module_not_found)",
)
add(
    "node_module_kind",
    Family.BUILD_CONFIG,
    "the program mixes two ways of loading packages",
    "err_require_esm | cannot use import statement outside a module | require is not defined"
    " | unexpected token 'export' | err_unsupported_dir_import | to load an es module"
    " | err_package_path_not_exported | __dirname is not defined | named export"
    " | does not provide an export named | must use import to load es module"
    " | unknown file extension | exports is not defined | err_unknown_file_extension"
    ' | is not supported resolving es modules | no "exports" main defined'
    " | is not exported by",
    r"(?:require\(\) of es module|import to load es module:?) [^ ]*?node_modules[\\/](@?[\w.-]+)"
    r"|(?:subpath|\"exports\" main defined in) ['\"]?([^ '\"]+)|(import statement outside)"
    r"|(require is not defined|__dirname is not defined|exports is not defined)"
    r"|(unexpected token 'export')|(unsupported_dir_import|directory import)|(?:named export"
    r"|export named) ['\"](\w+)['\"]|(unknown_?\s?file_?\s?extension)"
    r"|['\"](\w+)['\"] is not exported by|(err_require_esm|err_package_path)",
)
add(
    "node_undefined_property",
    Family.CODE_BUG,
    "the program reads from something that is empty",
    "cannot read propert* | cannot set propert* | undefined is not an object"
    " | null is not an object | cannot destructure property"
    " | cannot convert undefined or null",
    r"(?:read|set) propert(?:y|ies) (?:of (undefined|null) )?\(?(?:reading "
    r"|setting )?['\"]?([\w$]+)['\"]?(?: of (undefined|null))?|(?:undefined"
    r"|null) is not an object \(evaluating ['\"]([^'\"]{1,60})|destructure property ['\"]?(\w+)"
    r"|(convert undefined or null)",
)
add(
    "node_not_a_function",
    Family.CODE_BUG,
    "the program calls something that is not a function",
    "is not a function | is not a constructor | is not iterable",
    r"([\w.$()\[\]]{1,80}) is not (a function|a constructor|iterable)|class extends value (\w+)",
)
add(
    "node_not_defined",
    Family.CODE_BUG,
    "the program uses a name that it never defined, or too early",
    "is not defined | before initialization",
    r"([\w$]+)['\"]? is not defined|access ['\"]?(\w+)['\"]? before",
)
