"""Everything that knows WeChat: URLs, pages, metadata, bodies, images. Pure.

urls      what a URL leads to, its canonical form, what to ask the server for, an article's id
images    image URLs: the image's key, what to ask for, the hot-link placeholder
wrapped   addresses inside those of redirectors, web archives and image proxies
secrets   credentials that a copied link keeps; suspicious: links that cannot be taken at their word
source    page bytes to text: charset, scripts cut out before the DOM library sees the page
markup    what browsers read otherwise than the DOM library, put so that both agree
jsdata    the page's own data: `cgiDataNew` and the older `var x = …`; jsvalue and jsstring read the literals
meta      title, account, author, time, ids, cover; each datum with its fallbacks
states    pages that are no article: deleted, wall, …
fullest   which of the places where a page may keep its body holds most of it, by `plain`
body      the article's body to a neutral HTML fragment; for it bodyimages, cards, codeblocks, prose, drawings, drawn
inner     links of a body to other articles and albums
posts     bodies of the kinds that keep their text in data: picture posts, text, video, audio
page      `read_page`: all of these in order
albums    lists of articles; media: audio and video files that WeChat serves
slim      a capture without its library scripts and styles
"""
