"""Python and its tools."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "python_module_missing",
    Family.MISSING_PACKAGE,
    "the program uses a Python package that is not installed",
    "no module named | modulenotfounderror",
    r"no module named ['\"]?([\w.-]+)",
)
add(
    "python_import_name",
    Family.VERSION_CONFLICT,
    "the installed version of a package does not offer what the program imports",
    "cannot import name",
    r"cannot import name ['\"]?(\w+)['\"]? from (?:partially initialized module )?['\"]?([\w.]+)"
    r"|cannot import name ['\"]?(\w+)",
)
add(
    "python_database_driver",
    Family.MISSING_PACKAGE,
    "the address of the database names a kind that is not installed or no longer called so",
    "load plugin: sqlalchemy.dialects",
    r"sqlalchemy\.dialects:([\w.]+)",
)
add(
    "python_number_alias",
    Family.REMOVED_FEATURE,
    "the installed version of NumPy no longer has a name that the program uses",
    "was a deprecated alias for the builtin",
    r"np\.(\w+)['\"`]? was a deprecated alias",
)
add(
    "python_module_attribute",
    Family.VERSION_CONFLICT,
    "the installed version of a package does not offer what the program uses",
    "module ' | module \"",
    r"module ['\"]([\w.]+)['\"] has no attribute ['\"](\w+)",
)
add(
    "python_unexpected_argument",
    Family.VERSION_CONFLICT,
    "the installed version of a package takes other arguments",
    "unexpected keyword argument",
    r"unexpected keyword argument ['\"]?(\w+)",
)
add(
    "python_arguments",
    Family.CODE_BUG,
    "a function is called with the wrong arguments",
    "positional argument | missing required argument | required keyword-only argument",
    r"([\w.]+)\(\) (?:missing|takes|got).{0,60}?arguments?:? ?(?:['\"](\w+))?",
)
add(
    "python_attribute",
    Family.CODE_BUG,
    "the program uses something that the object does not have",
    "object has no attribute",
    r"['\"]([\w.]+)['\"] object has no attribute ['\"](\w+)",
)
add(
    "python_type",
    Family.CODE_BUG,
    "the program mixes up kinds of values",
    "unsupported operand type | object is not | not subscriptable | not callable"
    " | not iterable | must be str, not | can only concatenate | indices must be integers"
    " | argument must be | unhashable type | expected str, bytes or os.pathlike"
    " | not json serializable",
    r"operand type\(s\) for ([^:]{1,6}): ['\"](\w+)['\"] and ['\"](\w+)"
    r"|(?<![\w.])([\w.]+)['\"]? object is not (\w+)|object of type (\w+) is not json"
    r"|(indices must be integers|os\.pathlike)|unhashable type: ['\"](\w+)"
    r"|(can only concatenate \w+)|not (subscriptable|callable|iterable)|must be",
)
add(
    "python_key",
    Family.MISSING_SETTING,
    "the program looks up a value that is not there",
    "keyerror",
    r"keyerror: ['\"]?([\w .-]+)",
)
add(
    "python_name",
    Family.CODE_BUG,
    "the program uses a name that it never defined",
    "is not defined | unboundlocalerror | referenced before assignment"
    " | not associated with a value",
    r"name ['\"](\w+)['\"] is not defined|variable ['\"](\w+)",
)
add(
    "python_syntax",
    Family.CODE_BUG,
    "the program's text is not valid Python",
    "syntaxerror | indentationerror | taberror",
    r"(?:syntaxerror|indentationerror|taberror): ([\w '\"(),.=?-]{3,80})",
    identifies=False,
)
add(
    "python_circular_import",
    Family.CODE_BUG,
    "two parts of the program need each other to start",
    "most likely due to a circular import | partially initialized module",
    r"partially initialized module ['\"]?([\w.]+)",
)
add(
    "python_build_tool_missing",
    Family.MISSING_TOOL,
    "a package has to be compiled here, and a tool or library for that is missing",
    "microsoft visual c++ 14 | unable to find vcvarsall | pg_config executable not found"
    " | mysql_config not found | can not find valid pkg-config name"
    " | can't find rust compiler | cargo, the rust package manager, is not installed"
    " | rust and cargo | unknown compiler(s) | fatal error: | use_2to3 is invalid"
    " | command 'gcc' failed | command '/usr/bin/gcc' failed"
    " | command 'x86_64-linux-gnu-gcc' failed | command 'cc' failed | command 'g++' failed"
    " | gcc: command not found",
    r"(microsoft visual c\+\+|vcvarsall)|(pg_config)|(mysql_config|pkg-config name)"
    r"|(rust compiler|cargo)|(unknown compiler)|fatal error:? ['\"]?([\w./+-]+\.h(?:pp)?)\b"
    r"|(use_2to3)|command ['\"][\w/-]*(gcc|g\+\+|cc)['\"] failed",
)
add(
    "python_build_failed",
    Family.BUILD_CONFIG,
    "a package has to be compiled here, and that fails",
    "failed building wheel for | could not build wheels for | failed to build"
    " | failed to build installable wheels | error: command 'cl.exe'"
    " | metadata-generation-failed | subprocess-exited-with-error"
    " | getting requirements to build wheel | did not run successfully",
    r"(?:failed building wheel for|could not build wheels for"
    r"|failed to build installable wheels for[^(]{0,60}\(|failed to build) ['\"]?([\w.-]+)",
    identifies=False,
    subject_identifies=True,
)
add(
    "python_binary_mismatch",
    Family.VERSION_CONFLICT,
    "two compiled packages do not fit together",
    "numpy.dtype size changed | numpy.ndarray size changed"
    " | a module that was compiled using numpy 1 | numpy.core.multiarray failed to import"
    " | undefined symbol | cannot open shared object file | symbol not found | version 'glibc*"
    " | glibcxx | dll load failed | library not loaded | image not found"
    " | incompatible architecture | unknown file extension | wrong elf class",
    r"(numpy)|undefined symbol: (\w+)|([\w.+-]+\.so[\w.]*): cannot open shared"
    r"|version '?(glibc\w*_[\d.]+)|dll load failed(?: while importing (\w+))?"
    r"|library not loaded: .{0,120}?([\w.-]+\.dylib)|(incompatible architecture)"
    r"|symbol not found|elf class|glibc",
)
add(
    "python_file_missing",
    Family.MISSING_FILE,
    "the program opens a file that is not there",
    "filenotfounderror | [errno 2] | no such file or directory | enoent"
    " | system cannot find the file | system cannot find the path"
    " | could not find a part of the path | nosuchfileexception | filenotfoundexception"
    " | file not found | cannot open file | failed to open stream | os error 2"
    " | can't open file",
    r"enoent:? no such file or directory, (\w+) ['\"]?(?:[^'\"]{0,300}[\\/])?([\w.@+~ -]+)"
    r"|no such file or directory:? ['\"](?:[^'\"]{0,300}[\\/])?([\w.@+~ -]+)['\"]|(?:open|stat"
    r"|lstat|opening file|open file|cannot open|cannot access|can't open file|find the file"
    r"|find file|path) ['\"]?(?:[^'\": ]{0,300}[\\/])?([\w.@+~-]+)['\"]?:? (?:no such file"
    r"|for reading|\[errno 2|because)|spawn ([\w./-]+) enoent"
    r"|[\s/\\'\"(:]([\w.@+~-]{1,80}\.\w{1,10}): no such file|enoent|no such file"
    r"|(?<!executable )file ?not ?found|cannot find|could not find|os error 2|failed to open",
)
add(
    "python_settings",
    Family.MISSING_SETTING,
    "a setting of the framework is missing or wrong",
    "improperlyconfigured | secret_key setting must not be empty"
    " | validation error for settings | validation errors for settings | disallowedhost"
    " | you may need to add | appregistrynotready | doesn't declare an explicit app_label"
    " | no changes detected | could not locate a flask application"
    " | working outside of application context | failed to find flask application"
    " | error loading asgi app | failed to find attribute | settings are not configured"
    " | templatedoesnotexist | templatenotfound | noreversematch | csrf verification failed"
    " | field required | undefinedvalueerror",
    r"(secret_key)|settings ([a-z_]+) field required|(disallowedhost)|(appregistrynotready)"
    r"|(explicit app_label)|(application context)|(asgi app|locate a flask|find flask"
    r"|find attribute)|(?:templatedoesnotexist|templatenotfound):? ['\"]?([\w./-]+)"
    r"|noreversematch.{0,40}?['\"]([\w:-]+)|(csrf)|undefinedvalueerror: (\w+)"
    r"|improperlyconfigured|settings are not",
)
add(
    "python_validation",
    Family.CODE_BUG,
    "a value does not have the expected form",
    "validationerror | pydanticusererror | pydanticimporterror | validation error for"
    " | input should be | jsondecodeerror | unicodedecodeerror | invalid literal for int"
    " | expecting value: line | not enough values to unpack | too many values to unpack"
    " | list index out of range | division by zero | maximum recursion depth"
    " | truth value of a series | shapes | setting an array element with a sequence"
    " | could not broadcast | size mismatch | expected all tensors to be on the same device"
    " | was never awaited | event loop is closed | cannot be called from a running event loop"
    " | no current event loop",
    identifies=False,
)
