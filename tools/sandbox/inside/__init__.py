"""What runs on the far side of the wall: the zygote and the children it forks.

Standard library only, and nothing of the engine: these modules are loaded into a process that
will hold hostile code, and whatever they import can be seen from there.
"""
