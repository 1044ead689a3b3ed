"""The svend command and other ways in, all thin."""
