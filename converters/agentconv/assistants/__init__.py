"""What assistants are told over the Model Context Protocol: each tool is a command of ours, and its answer that command's report.

A tool does what the command does, from the folders that a person named when the server was started and nowhere else, and writes nothing
unless that person said so: `confinement` sees to both, whatever is asked.
"""
