"""The wall around programs that a language model wrote.

Threat model. The program is hostile: it was written by a model that read text from anywhere. It
may try to read secrets of this machine or of another run, to reach the network, to outlive its
run, to exhaust memory, disk, processes or time, to crash its neighbours, to attack the kernel, or
to lie about what it computed. The kernel is the boundary, never the interpreter: a run is a
process without privileges, behind a list of allowed system calls, Landlock, resource limits, and
namespaces of its own with an empty scratch. What comes back is data to be parsed strictly, and a
program may write any data it likes: a verdict about a program never comes from the same run.

What is left. All runs share the machine's kernel, so a fault in one of the allowed system calls
is a way out of every tier but `external`; and a run can learn how busy the machine is. The page
docs/sandbox.md has the tiers, what each leaves open, and what was tested.

This package is imported on both sides of the wall, so this file imports nothing.
"""
