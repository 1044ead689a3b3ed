"""The grammar of what svend-mini writes behind `<prog>`, for servers that hold samples to one.

It is the language of `engine/domain/program.py` without blanks, with names of one letter as the
training rows have them. It says nothing of meaning: a name that no statement sets is a word of it.
A step of a search goes on behind a whole statement, where the same words may follow. The notation
is that of xgrammar, which vLLM compiles.
"""

from __future__ import annotations

from typing import Final

GRAMMAR_FILE: Final = "svend-grammar.ebnf"
PROGRAM_GRAMMAR: Final = """\
root ::= statement (";" statement)* "<ans>" name | "<ans><none>"
statement ::= name "=" sum
sum ::= product (("+" | "-") product)*
product ::= factor (("*" | "/") factor)*
factor ::= number | name | "(" sum ")" | "-" factor
number ::= [0-9]+ ("." [0-9]+)?
name ::= [a-z]
"""
