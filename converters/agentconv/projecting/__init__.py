"""The verbs of `project`: what formats do to an agent so that they hold as much of it as they can, each loss declared."""
