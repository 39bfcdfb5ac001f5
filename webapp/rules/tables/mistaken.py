"""What looks like a refused key or a lost connection and is a mistake of the set-up."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add

add(
    "wrong_kind_of_key",
    Family.BUILD_CONFIG,
    "the program uses a key of another kind than this call needs",
    "publishable key | publishable api key | public key | anon key | test key | client key"
    " | client-side key | test mode key",
    r"(?:requires?|needs?|expects?|must (?:be|use)|use) (?:an? |your |the )?"
    r"(?:secret|server|service|live|admin)\w* (?:api )?key\b.{0,80}?"
    r"(?:publishable|public|anon|test|client)[\w-]* (?:api |mode )?key"
    r"(?:.{0,80}?\bfor ([\w-]+\.[\w.-]+))?"
    r"|(?:publishable|anon|test(?: mode)?|client(?:-side)?) (?:api )?key\b.{0,40}?"
    r"(?:was (?:used|given|provided|passed)|used instead|can(?:no|')t be used|not allowed here)"
    r"(?:.{0,80}?\bfor ([\w-]+\.[\w.-]+))?",
)
add(
    "tool_server_exited",
    Family.BUILD_CONFIG,
    "a tool server ended before it answered, so the command that starts it is wrong",
    "mcp error | mcp server | tool server | mcp client",
    r"mcp error -32000:? connection closed(?:.{0,40}?server '([\w.-]+)')?"
    r"|(?:mcp|tool) (?:server|client)(?: '([\w.-]+)')?.{0,80}?(?:exited|crashed|failed to start"
    r"|did not start|process ended|connection closed)",
)
