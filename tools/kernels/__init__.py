"""The far side of the tools: modules that run inside the sandbox and nowhere else.

A kernel is `run(arguments: dict) -> dict`, JSON in and JSON out. It imports the standard library,
the scientific libraries and its neighbours here; it knows nothing of Svend. Each is loaded once
into the sandbox's zygote, so a run finds it imported. `warm()`, where a kernel has it, is called
there once and does what is slow the first time.

What a kernel is given was written by a language model. It checks what the input's model could
not, and refuses with `KernelError`; any other exception is a fault of the kernel's own.
"""
