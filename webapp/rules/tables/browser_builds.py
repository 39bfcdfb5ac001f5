"""What builds and drives pages in a browser."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "node_gyp",
    Family.BUILD_CONFIG,
    "a package has to be compiled here, and a tool for that is missing",
    "gyp err! | node-gyp | node-pre-gyp | could not find any python installation"
    " | could not find any visual studio installation"
    " | was compiled against a different node.js version | node_module_version"
    ' | invalid elf header | could not load the "sharp" module'
    ' | something went wrong installing the "sharp" module'
    " | cannot find module '../build/release | mach-o, but wrong architecture | vips-cpp"
    " | no prebuilt",
    r"find (?:any )?(python)|(visual studio)|(node_module_version"
    r"|different node\.js version)|(elf header|wrong architecture)|(sharp|vips)"
    r"|(not found: make|make: not found)|(no xcode|command line tools)|(prebuilt|pre-gyp)|gyp",
)
add(
    "sass_or_style",
    Family.BUILD_CONFIG,
    "the style sheets cannot be built with the installed tools",
    "node sass does not yet support | node sass version | missing binding | sasserror"
    " | undefined mixin | undefined variable"
    " | it looks like you're trying to use 'tailwindcss' directly as a postcss plugin"
    " | class does not exist | unknown word | postcss | cannot apply unknown utility class"
    " | unknown at rule",
    r"(node sass|missing binding)|(tailwindcss' directly)|'([\w/.:-]+)' class does not exist"
    r"|utility class:? '?([\w:/.-]+)|undefined (mixin|variable)\.? ?['\"]?\$?([\w-]+)?"
    r"|(unknown word)|sasserror"
    r"|unknown at rule|postcss",
    identifies=False,
    subject_identifies=True,
)
add(
    "bundler",
    Family.BUILD_CONFIG,
    "the program cannot be put together with the present configuration",
    "you may need an appropriate loader | module parse failed | invalid configuration object"
    " | unknown option | cannot find any-target | breaking change: webpack < 5"
    " | no loader is configured | expected a js module script | prerendering page"
    " | prerender-error | you're importing a component that needs | hydration failed"
    " | invalid hook call | objects are not valid as a react child"
    " | export encountered errors | getstaticpaths | window is not defined"
    " | document is not defined | localstorage is not defined | element type is invalid"
    " | too many re-renders | rendered more hooks | rendered fewer hooks"
    " | text content does not match server-rendered | eslint | prettier | parsing error:"
    " | definition for rule | invalid next.config | you have a misconfigured"
    " | no inputs were found in config file | is not under 'rootdir' | invalid option"
    " | nullinjectorerror | nest can't resolve dependencies | circular dependency | ng0*"
    " | invalid value used as weak map key | unknown option '-- | failed to load config"
    " | failed to load plugin | cannot find plugin | plugin/preset | invalid options object",
    r"(appropriate loader|module parse failed|loader is configured)|(webpack < 5)"
    r"|(invalid hook call)|(hydration|server-rendered)|(react child)|(window|document"
    r"|localstorage) is not defined|resolve dependencies of the (\w+)|provider for (\w+)"
    r"|prerendering page ['\"]([^'\"]{1,80})|(prerender)|(element type is invalid)|(re-renders)"
    r"|(importing a component that needs)"
    r"|(nullinjector|ng0\d+)|definition for rule '([\w/@-]+)'|(no inputs were found)|config"
    r"|eslint|prettier|parsing error|export encountered|circular|option|more hooks|fewer hooks"
    r"|plugin|expected a js|getstatic|rootdir|weak map",
    identifies=False,
    subject_identifies=True,
)
add(
    "cors",
    Family.BUILD_CONFIG,
    "the browser was not allowed to call the server, which the server's configuration decides",
    "blocked by cors policy | cors header | cross-origin request blocked"
    " | access-control-allow-origin",
    r"access to \w+ at '?https?://([\w.:-]+)|(no 'access-control-allow-origin'"
    r"|access-control-allow-origin'? missing)|(preflight)(?!.{0,90}no 'access-control-allow)"
    r"|(wildcard)|cors|cross-origin|access-control",
)
add(
    "browser_missing",
    Family.MISSING_TOOL,
    "the browser that the tests drive is not installed",
    "executable doesn't exist at | could not find chrome | could not find chromium"
    " | could not find browser | failed to launch the browser process"
    " | host system is missing dependencies | chrome not reachable"
    " | cannot find chrome binary | session not created | chromedriver | no usable sandbox"
    " | please run the following command to download new browsers"
    " | unable to find a matching set of capabilities | geckodriver"
    " | running as root without --no-sandbox | chrome failed to start"
    " | failed to launch chrom | missing x server | looks like you launched a headed browser"
    " | target page, context or browser has been closed | target closed"
    " | unable to obtain driver",
    r"executable doesn't exist at [^|]{0,200}?(chromium|firefox|webkit|chrome|msedge)"
    r"|(executable doesn't exist)|(could not find (?:chrome|chromium|browser))"
    r"|(missing dependencies)|(session not created|only supports chrome version)"
    r"|(no usable sandbox|without --no-sandbox)|(missing x server|headed browser)"
    r"|(failed to launch)(?!.{0,500}(?:x server|sandbox|missing dependencies))"
    r"|(target (?:page|closed))|(chrome (?:not|failed))|(chrome binary)"
    r"|driver|capabilities",
)
add(
    "web_token",
    Family.CODE_BUG,
    "the program cannot read a sign-in token that it was given",
    "jsonwebtokenerror | jwt malformed | jwt expired | tokenexpirederror"
    " | secretorprivatekey must have a value | invalid signature"
    " | signature verification failed | not enough segments | invalid algorithm | jwsinvalid"
    " | no secret | missingsecret | missing_secret | csrf token | jwt must be provided",
    r"(jwt malformed|not enough segments)|(jwt expired|tokenexpired)|(secretorprivatekey)"
    r"|(invalid signature|signature verification)|(missing_?secret|no.secret)"
    r"|(jwt must be provided)|invalid algorithm|jwsinvalid|jsonwebtoken|csrf",
)
add(
    "fetch_address",
    Family.CODE_BUG,
    "the program calls an address that is not complete",
    "invalid url | err_invalid_url | only absolute urls are supported | failed to parse url"
    " | invalid schema | missingschema | unsupported protocol scheme | no scheme supplied",
    identifies=False,
)
add(
    "javascript_syntax",
    Family.CODE_BUG,
    "the program's text is not valid JavaScript",
    "unexpected token | unexpected end of | unterminated string"
    " | missing ) after argument list | unexpected identifier | invalid or unexpected token"
    " | unexpected reserved word | await is only valid | has already been declared"
    " | assignment to constant variable | unterminated template | adjacent jsx elements"
    " | expected corresponding jsx | syntaxerror",
    r"(await is only valid|unexpected reserved word)|(unexpected token .{1,3}(?:in json"
    r"|is not valid json))|(unexpected end of json)|identifier ['\"]?(\w+)['\"]? has already"
    r"|(constant variable)|unexpected|unterminated|missing|jsx|already|syntaxerror",
    identifies=False,
)
