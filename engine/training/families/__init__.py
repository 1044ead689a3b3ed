"""The families of generated problems, as tables of sentence forms and programs."""
