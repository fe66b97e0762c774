"""How much of a page stands in what was made of it, counted by readers of their own: they know nothing of `wechat` and
`render`, so that a mistake there is seen here."""
