"""One module for each agent framework, imported only by those who use it.

Each turns a failed tool call into a text for the model: what to try instead, or what the founder
decided. All of them stand on `tools.ToolWatch`.
"""
