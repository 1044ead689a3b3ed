"""svend-mini's chat template: its own marks, as `engine/training/rows.py` writes its rows.

The template knows programs, tools and their results; the rows of checks and claims are no talk.
"""

from __future__ import annotations

from typing import Final

from engine.training.row_format import (
    ANSWER,
    END,
    NONE,
    PROGRAM,
    QUESTION,
    RESULT,
    TOOL,
)

# One line a part. A turn of the user begins a row; the assistant's mark is given by the prompt for
# its first turn, and is its own choice behind a result: another call, or the answer.
_TEMPLATE: Final = """\
{%- if tools -%}
{{- 'TOOL' + (tools | map(attribute='function.name') | join(' ')) -}}
{%- endif -%}
{%- for message in messages -%}
{%- set text = (message.content or '').split() | join(' ') -%}
{%- set follows = loop.index0 > 0 and messages[loop.index0 - 1].role == 'tool' -%}
{%- if message.role == 'user' -%}
{{- 'QUESTION' + text -}}
{%- elif message.role == 'tool' -%}
{{- 'RESULT' + text -}}
{%- elif message.role == 'assistant' -%}
{%- if message.tool_calls -%}
{%- if message.tool_calls | length > 1 -%}
{{- raise_exception('svend-mini calls one tool at a time') -}}
{%- endif -%}
{%- set call = message.tool_calls[0].function -%}
{%- if not follows -%}{{- 'TOOL' -}}{%- endif -%}
{%- generation -%}
{%- if follows -%}{{- 'TOOL' -}}{%- endif -%}
{{- call.name + (call.arguments | tojson(separators=(',', ':'), sort_keys=true))
    | replace('<', '\\\\u003c') -}}
{%- if loop.last -%}{{- 'END' -}}{%- endif -%}
{%- endgeneration -%}
{%- elif follows -%}
{%- generation -%}{{- 'ANSWER' + text + 'END' -}}{%- endgeneration -%}
{%- elif tools -%}
{{- 'TOOL' -}}{%- generation -%}{{- 'NONEEND' -}}{%- endgeneration -%}
{%- elif 'ANSWER' in text -%}
{{- 'PROGRAM' -}}{%- generation -%}{{- text + 'END' -}}{%- endgeneration -%}
{%- else -%}
{{- raise_exception('svend-mini answers with programs and calls, not with prose') -}}
{%- endif -%}
{%- else -%}
{{- raise_exception('svend-mini knows no system turn') -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt and messages[-1].role == 'user' -%}
{{- 'TOOL' if tools else 'PROGRAM' -}}
{%- endif -%}
"""
_MARKS: Final = {
    "TOOL": TOOL,
    "QUESTION": QUESTION,
    "RESULT": RESULT,
    "ANSWER": ANSWER,
    "PROGRAM": PROGRAM,
    "NONE": NONE,
    "END": END,
}


def mini_chat_template() -> str:
    """The template, for a tokenizer whose tokens include svend-mini's marks."""
    text = _TEMPLATE
    for name, mark in _MARKS.items():
        text = text.replace(name, mark)
    return text
