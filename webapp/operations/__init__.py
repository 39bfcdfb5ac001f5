"""The only writers: one function per verb, one transaction each, its event rows in it."""
