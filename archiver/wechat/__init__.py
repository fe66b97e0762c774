"""Everything that knows WeChat: URLs, pages, metadata, bodies, images. Pure.

urls      what a URL leads to, its canonical form, what to ask the server for, an article's id
images    image URLs: the image's key, what to ask for, the hot-link placeholder
source    page bytes to text: charset, scripts cut out before the DOM library sees the page
jsdata    the page's own data: `cgiDataNew` and the older `var x = …`; jsvalue reads the literals
meta      title, account, author, time, ids, cover; each datum with its fallbacks
states    pages that are no article: deleted, wall, …
body      the article's body to a neutral HTML fragment; codeblocks, cards, images, dom beside it
posts     bodies of the kinds that keep their text in data: picture posts, text, video, audio
page      `read_page`: all of these in order
slim      a capture without its library scripts and styles
"""
