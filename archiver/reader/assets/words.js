/* archiver's reader: its own words in English, for browsers that ask for another language than Chinese. Titles, names,
   notes and articles stay as they are. What is written later, by other scripts, is put into English as it comes. */
"use strict";

const WORDS = {
  "首页": "Home", "月份": "Months", "公众号": "Accounts", "笔记": "Notes", "评分": "Rated", "我的": "Mine", "状态": "Status",
  "归档": "Archive", "跳到正文": "Skip to the text", "搜索": "Search", "搜索全文": "Search all texts", "搜索全文 ⏎": "Search all texts ⏎",
  "标题、正文、公众号": "Title, text, account", "文章归档": "Articles", "存档状态": "Status", "更多": "More", "分页": "Pages",
  "文章与图片的版权归原作者所有。": "The rights to articles and images are their authors'.",
  "选择文章": "choose an article", "返回首页": "first page", "阅读设置": "Reading settings", "阅读设置（a）": "Reading settings (a)",
  "排序": "Order", "最新在前": "newest first", "最早在前": "oldest first", "评分高在前": "best rated first", "标题": "by title",
  "笔记里的顺序": "as in the note", "不完整": "incomplete", "（无名）": "(no name)", "无日期": "undated", "打开笔记": "Open the note",
  "还没有存档的文章。运行": "No article is archived yet. Run", "，笔记里链接的文章就会出现在这里。": ": what your notes link to comes here.",
  "笔记里链接后面的 :star: 或 ⭐ 就是评分；还没有。": "A :star: or ⭐ behind a link in a note is a rating; there is none yet.",
  "← 更新的": "← newer", "更早的 →": "older →", "← 前面的": "← before", "后面的 →": "next →",
  "怎样搜索": "How to search", "空格隔开的词都要出现；全角半角、大小写不分。缩小范围：": "All words have to be there; width and case do not count. To narrow it:",
  "作为一个词": "as one word", "公众号名、笔记路径里有这些字": "the account's name, the note's path has this in it",
  "从这天起；这天以前（北京时间）": "from this day on; before this day (Beijing time)", "至少两星；存档不完整": "two stars or more; incomplete",
  "不用服务器的搜索需要脚本。也可以在终端里运行": "Search without a server needs scripts. In the terminal, run", "，或用": ", or use",
  "正在查找…": "Searching…", "没有找到": "Nothing found", "继续查找": "More", "全文": "text", "筛选": "Filters", "今年": "this year", "去年": "last year",
  "近一个月": "last month", "有评分": "rated", "去掉": "Remove",
  "笔记里的链接": "Links of the notes", "链接的状态": "States of links", "文章": "articles", "图片": "images", "其他": "other",
  "已存档": "archived", "等待中": "pending", "遇到验证": "verification wanted", "失败，会再试": "failed, will be tried again",
  "暂时无法查看": "unavailable for now", "已被作者删除": "deleted by its author", "因违规无法查看": "taken down", "公众号已停用": "account closed",
  "链接已过期": "link expired", "链接有误": "malformed link", "仅部分人可见": "private", "不是文章": "no article",
  "最近的运行": "Last runs", "日期": "day", "查过的链接": "links asked for", "改写的笔记": "notes rewritten", "还没有。": "None yet.", "没有。": "None.",
  "页面里的文字、链接、表格、公式等没有全部进入存档；升级后运行": "Text, links, tables or formulas of the page are not all in the archive; after an upgrade",
  "可能补上。": "may mend it.",
  "← 全部文章": "← Articles", "收藏": "Favourite", "已读": "Read", "标注": "Highlights", "收藏（f）": "Favourite (f)", "取消收藏（f）": "No favourite any more (f)",
  "标为已读（m）": "Mark as read (m)", "标为未读（m）": "Mark as unread (m)", "北京时间": "Beijing time", "查看原文": "Original", "存档不完整": "incomplete",
  "以下内容没有存档：": "Not archived:", "原链接": "original link", "目录": "Contents", "提到本文的笔记": "Notes that link here", "相邻文章": "Neighbours",
  "本页是存档副本，版权归原作者所有。原文：": "An archived copy; the rights are the author's. Original: ",
  "上一张（←）": "Previous (←)", "下一张（→）": "Next (→)", "关闭（Esc）": "Close (Esc)", "关闭": "Close", "放大图片": "Enlarge the image",
  "颜色": "Colours", "随系统": "System", "浅色": "Light", "米色": "Sepia", "深色": "Dark", "字号": "Size", "栏宽": "Width", "窄": "Narrow", "正常": "Normal",
  "宽": "Wide", "全宽": "Full", "字体": "Typeface", "原样": "As it is", "黑体": "Sans", "宋体": "Serif", "界面语言": "Language", "随浏览器": "Browser",
  "删除标注": "Remove", "删除": "Remove", "选中文字，再按“标注”或 h 键。": "Select text, then press Highlights or h.",
  "全部标注，导出": "All highlights, export", "原文里已找不到": "no longer in the text",
  "这一页需要脚本。": "This page needs scripts.", "读到一半": "Begun", "带走": "Take along",
  "没有。长文读到一半离开，就会出现在这里。": "None. A long article that you leave half-read comes here.",
  "没有。在文章页按 ♡ 或 f 键。": "None. Press ♡ or f on an article.",
  "没有。在文章页选中文字，再按“标注”或 h 键。": "None. Select text in an article, then press Highlights or h.",
  "标注存为 Markdown": "Highlights as Markdown", "复制": "Copy", "导出全部": "Export all", "导入": "Import", "已复制。": "Copied.", "浏览器不让复制。": "The browser does not let us copy.",
  "存在归档文件夹的 reader-state.jsonl 里。": "Kept in reader-state.jsonl in the archive's folder.",
  "存在这个浏览器里，只对这个地址。": "Kept in this browser, for this address.",
  "存在这个浏览器里，只对这个位置的归档；清除浏览数据时会一起清除。": "Kept in this browser, for the archive in this place; cleared with its browsing data.",
  "Firefox 为每个文件分开存：从磁盘打开时，这一页看不到在文章里标记的内容。请用 archiver serve。": "Firefox keeps it for each file apart: from disk, this page cannot see what was marked on articles. Use archiver serve.",
  "笔记全文": "The note", "笔记太长，这里只有开头。": "The note is long: this is its beginning.",
  "已由你移除": "forgotten by you", "文件夹": "Folders",
  "视频": "Video", "音频": "Audio", "音乐": "Music", "付费内容": "Paid content", "卡片": "Card", "正文": "Text",
  "付费文章，只有试读部分是公开的": "a paid article: only its preview is public", "付费文章，没有公开的内容": "a paid article: nothing of it is public",
  "转载的文章，页面上只有开头": "a repost: the page has only its beginning", "实况照片的动态部分": "the moving part of a live photo",
  "页面没有给出地址": "the page gives no address", "只保留了一行文字": "only a line of text is kept",
  "小程序链接，在微信之外打不开": "a link to a mini-program, which opens in WeChat alone", "按配置没有保存": "left out, as the configuration says",
  "超过一篇文章的数量上限": "more than one article may have", "文件太大": "the file is too large",
  "地址不在微信的服务器上，没有请求": "not on WeChat's servers: not asked for", "服务器上已经没有了": "no longer on the server", "服务器拒绝了请求": "the server refused",
  "服务器出错": "an error of the server", "服务器没有应答，或中途断开": "the server did not answer, or broke off", "一再重定向": "redirected again and again",
  "服务器多次失败，这次没有再请求": "the server failed repeatedly: not asked again this time", "未抓取": "not fetched", "浏览器出错": "an error of the browser",
  "来的是微信的防盗链提示图": "WeChat's hot-link notice came", "来的不是图片": "what came is no image", "图片不完整，或已损坏": "the image is incomplete or damaged",
  "在来源处就不完整，已按原样保存": "incomplete at its source, kept as it is", "来的不是音频或视频": "what came is neither audio nor video", "文件不完整": "the file is incomplete",
  "程序内部出错": "an internal error", "没有抓取成功": "could not be fetched", "文件已损坏，也无法重新抓取": "the file is damaged and cannot be fetched again",
  "不知道是哪个文件": "it is not known which file",
};

const N = "([\\d,]+)";
/* Sentences with something in them; they are tried in order. */
const SENTENCES = [
  [`${N} 篇文章，${N} 个公众号，${N} 张图片(；?)`, (_, ...n) => `${n[0]} articles, ${n[1]} accounts, ${n[2]} images${n[3] && "; "}`],
  [`${N} 篇文章，其中 ${N} 篇不完整；${N} 个公众号，${N} 张图片`, "$1 articles, $2 of them incomplete; $3 accounts, $4 images"],
  [`${N} 篇不完整`, "$1 incomplete"], [`全部 ${N} 项`, "All $1"], [`${N} 篇`, "$1"], [`约 ${N} 分钟`, "$1 min"],
  [`第 ${N} 行`, "line $1"], [`第 ${N} 页`, "Page $1"], [`${N} 星`, "$1 of 5 stars"], [`${N} 年`, "$1"], [`${N} 个月`, "$1 months"],
  [`${N} 个公众号，文章多的在前`, "$1 accounts, those with most articles first"],
  [`${N} 篇笔记链接到存档的文章；星是笔记里最高的评分`, "$1 notes link to archived articles; stars: the note's best rating"],
  [`笔记里评过星的 ${N} 篇，星多的在前`, "$1 articles rated in notes, the best first"],
  [`公众号，${N} 篇`, "Account, $1 articles"], [`笔记，链接到 ${N} 篇存档的文章( ·)?`, "Note that links to $1 archived articles$2"],
  ["([\\d-]*) 至 ([\\d-]*)", "$1 to $2"], [`第 ${N} 至 ${N} 处`, "places $1 to $2"],
  ["只存下(?:原文的)? ([\\d.]+%)", "only $1 kept"], [`共 ${N} 篇`, "$1 found"], [`共 ${N} 篇，显示 ${N} 篇`, "$1 found, $2 shown"],
  [`已找到 ${N} 篇`, "$1 found so far"], [`已显示 ${N} 篇，继续查找…`, "$1 shown, searching on…"], ["(.*) · 搜索", "$1 · Search"],
  [`微信要求验证：${N} 篇等下一次运行。`, "WeChat wants a verification: $1 articles wait for the next run."],
  [`……还有 ${N} 个，见 links.jsonl。`, "… and $1 more: see links.jsonl."], [`……还有 ${N} 篇。`, "… and $1 more."],
  [`不完整的文章（${N}）`, "Incomplete articles ($1)"], [`只存下一部分内容的文章（${N}）`, "Articles of which a part is missing ($1)"],
  ["← 更早 (.*)", "← older $1"], ["更新 → (.*)", "newer → $1"], ["放大图片：(.*)", "Enlarge: $1"], ["标注（(\\d+)）", "Highlights ($1)"],
  ["回到上次读到的地方（(\\d+)%）", "Back to where you were ($1%)"], ["读过 (\\d+) 篇", "$1 read"], ["(\\d+) 张", "$1"],
  ["导入 (\\d+) 条(?:，(\\d+) 行看不懂)?。", (_, news, bad) => `${news} imported${bad ? `, ${bad} lines not understood` : ""}.`],
  ["(.+)（(\\d+)）", (whole, word, many) => (WORDS[word] ? `${WORDS[word]} (${many})` : whole)],
  ["(after|before): 之后应为 2022、2022-03 或 2022-03-05 这样的日期", "after $1: comes a date, as 2022, 2022-03 or 2022-03-05"],
  ["is: 之后只有 partial", "after is: comes only partial"], ["stars: 之后应为 1 到 5", "after stars: comes 1 to 5"],
  ["没有 (.+): 这种筛选", "there is no filter $1:"], ["(search/.+\\.js) 不在；请运行 archiver build", "$1 is missing; run archiver build"],
  ["(图片|视频|音频|音乐|付费内容|卡片|正文|[\\w-]+)：(.+?)(?:（HTTP (\\d+)）)?", (_, what, why, code) => `${WORDS[what] || what}: ${inEnglish(why)}${code ? ` (HTTP ${code})` : ""}`],
  ["页面没有给出其中 (\\d+) 张的地址", "the page gives no address for $1 of them"], ["小程序链接，在微信之外打不开：(.*)", "a link to a mini-program, which opens in WeChat alone: $1"],
  [`${N} 个文件夹`, "$1 folders"], ["(.*) (\\S+) 的存档", "copy in $1, $2"], ["去掉 (.*)", "Remove $1"], ["。", ". "],
].map(([pattern, text]) => [new RegExp(`^${pattern}$`, "u"), text]);

const THEIRS = "bdi, mark, time, code, kbd, script, style, article.body, .theirs, .digest"; // not ours to put into English

function inEnglish(text) {
  const plain = text.replace(/\s+/gu, " ").trim();
  if (!/[\u3000-\u9fff\uff00-\uffef]/u.test(plain)) return text;
  let said = Object.hasOwn(WORDS, plain) ? WORDS[plain] : null;
  for (const [pattern, to] of SENTENCES) {
    if (said !== null) break;
    if (pattern.test(plain)) said = plain.replace(pattern, to);
  }
  if (said === null || said === plain) return text;
  return (/^\s/u.test(text) ? " " : "") + said + (/\s$/u.test(text) ? " " : "");
}

function putText(node) {
  if (node.parentElement && node.parentElement.closest(THEIRS)) return;
  const said = inEnglish(node.data);
  if (said !== node.data) node.data = said;
}

function putAttributes(element) {
  for (const name of ["aria-label", "title", "placeholder"]) {
    const value = element.getAttribute(name);
    if (value && inEnglish(value) !== value) element.setAttribute(name, inEnglish(value));
  }
}

function put(root) {
  if (root.nodeType === Node.TEXT_NODE) { putText(root); return; }
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  putAttributes(root);
  root.querySelectorAll("[aria-label], [title], [placeholder]").forEach(putAttributes);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) putText(node);
}

function begin() {
  const html = document.documentElement;
  document.querySelectorAll("article.body, header h1, bdi").forEach((part) => { part.lang ||= html.lang; });
  html.lang = "en";
  const isArticle = document.querySelector("article.body");
  if (!isArticle) document.title = inEnglish(document.title);
  put(document.body);
  const heading = isArticle ? null : document.querySelector("h1 bdi");
  if (heading && Object.hasOwn(WORDS, heading.textContent)) { heading.textContent = WORDS[heading.textContent]; heading.lang = "en"; }
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") putAttributes(change.target);
      else if (change.type === "characterData") putText(change.target);
      else change.addedNodes.forEach(put);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "title", "placeholder"] });
  html.style.visibility = "";
}

archiver.parsed.then(begin);
