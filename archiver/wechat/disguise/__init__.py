"""A page with everything of its author's taken out, for a bug report: what is left is WeChat's and archiver's own.

Nothing is copied from the page: each tag, attribute, class, key and word of the result comes from the lists in
`vocabulary`, or is made here (`filler`, `addresses`). What is made depends on the order in which things first appear,
on their length and kind, and on which of them are equal.
"""
