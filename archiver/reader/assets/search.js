/* Search without a server: docs/format.md tells what is in the files of search/. Which articles hold a word, the grams of
   its segments tell exactly, or nearly so; whether it is there, and its place, tells the text of those that are shown. */
"use strict";

const FIRST = 20;
// In texts these letters change places; archiver/reader/search_index.py reads them here.
const LETTERS = "—‘’“”…、。《》【】一七万三上下不与专且世业东两严个中临为主丽举久么义之乎乐九也习乡书买乱了争事二于云互五亚些亡交亦产享京亮亲人亿什仅今介仍从他付代令以们件价任份企伊众优会传伤伦似但位低住体何余作你使例供依便俄保信修倒候值假做停健像儿元充先光克免党入全八公六兰共关兴兵其具典养内再写军农冲决况准减几出击分切划列则刚创初判利别到制刻前剧副力办功加务动助努劳势包化北区医十千升午半华协单卖南博占卡卫印危即却厂历压原去县参又及友双反发取受变口古另只叫可台史右号司吃各合吉同名后向吗否吧听吸告员呢周味呼命和品哈响哥哪售商啊善喜器四回因团园困围国图土圣在地场址均坏坐块坚型城域基境增士声处备复外多夜够大天太夫央失头奇奖套奥女她好如妇妈妹始姐委威婚媒子字存季学孩宁它守安完宗官定宝实审客宣室害家容密富察对寻导封射将小少尔就尼尽局层居届展属山岁岛州工左差己已巴币市布师希帝带席帮常干平年并幸广庆序库应底店府度座庭康建开异式引弟张弹强当录形影往征待很律得微德心必志快念怀态怎怕思急性总恐息恶您情想意感愿戏成我或战户房所手才打托执扩批找承技把投抗护报担拉拍拥择括拿持指按换据授掉排接控推提搞摄播操支收改攻放政故效救教数整文斗料断斯新方施旅族无日旧早时明易星春是显晚普景暴曲更曾最月有朋服望朝期木未本术机杀杂权李材村束条来板极构析林果枪架某查标校样核根格案梦检楼概模次欢欧款歌止正此步武死段母每毒比毕毛民气水永求汉江沙没河油治法波注洲活派流测济海消深清温港游湖湾源满演澳激火灵点烈热然照爆爱父片版牌牙物特犯状狗独率王玩环现班球理甚生用由电男画界留略疑疗病登白百的皇益监盟目直相省看真眼着督知短石码研破础确示礼社神票禁福离私种科秘积称移程稳究空穿突立站竞竟章童端笑第等筑答策签简算管米类精系素索紧红约级纪纳线练组细织终经结给络绝统继续维综编缺网罗罪置美群翻老考者而职联股肯育背胜能脑脱脸自至致舞航般船良色艺节花苏若苦英范草药获营落著藏虑虽融血行街衣补表被装西要见观规视觉角解言警计认讨让训议讯记讲许论设访证评识诉词试话该语误说请读课谁调谈谢象负财责败货质购贵费资赛走起超越趣足跑跟路身车转轮软轻载较辑输边达过迎运近还这进远违连迫述追退送适选逐通速造遇道遗遭那部都配酒采释里重量金钟钱铁银销错镇长门问间闻队防阳阶阿附际陆降限院除险随难集需露青非靠面革韩音页项顺须顾顿预领频题额风飞食馆首香马验高鱼鲜黄黑龙！（），：；？",
  SHORT = "ªµºÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĳĴĵĶķĸĹĺĻļĽľĿŀŁłŃńŅņŇňŉŊŋŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſƀƁƂƃƄƅƆƇƈƉƊƋƌƍƎƏƐƑƒƓƔƕƖƗƘƙƚƛƜƝƞƟƠơƢƣƤƥƦƧƨƩƪƫƬƭƮƯưƱƲƳƴƵƶƷƸƹƺƻƼƽƾƿǀǁǂǃǄǅǆǇǈǉǊǋǌǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǝǞǟǠǡǢǣǤǥǦǧǨǩǪǫǬǭǮǯǰǱǲǳǴǵǶǷǸǹǺǻǼǽǾǿȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȜȝȞȟȠȡȢȣȤȥȦȧȨȩȪȫȬȭȮȯȰȱȲȳȴȵȶȷȸȹȺȻȼȽȾȿɀɁɂɃɄɅɆɇɈɉɊɋɌɍɎɏɐɑɒɓɔɕɖɗɘəɚɛɜɝɞɟɠɡɢɣɤɥɦɧɨɩɪɫɬɭɮɯɰɱɲɳɴɵɶɷɸɹɺɻɼɽɾɿʀʁʂʃʄʅʆʇʈʉʊʋʌʍʎʏʐʑʒʓʔʕʖʗʘʙʚʛʜʝʞʟʠʡʢʣʤʥʦʧʨʩʪʫʬʭʮʯͰͱͲͳͶͷͻͼͽͿΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώϏϐϑϒϓϔϕϖϗϘϙϚϛϜϝϞϟϠϡϢϣϤϥϦϧϨϩϪϫϬϭϮϯϰϱϲϳϴϵϷϸϹϺϻϼϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџѠѡѢѣѤѥѦѧѨѩѪѫѬѭѮѯѰѱѲѳѴѵѶѷѸѹѺѻѼѽѾѿҀҁҊҋҌҍҎҏҐґҒғҔҕҖҗҘҙҚқҜҝҞҟҠҡҢңҤҥҦҧҨҩҪҫҬҭҮүҰұҲҳҴҵҶҷҸҹҺһҼҽҾҿӀӁӂӃӄӅӆӇӈӉӊӋӌӍӎӏӐӑӒӓӔӕӖӗӘәӚӛӜӝӞӟӠӡӢӣӤӥӦӧӨөӪӫӬӭӮӯӰӱӲӳӴӵӶӷӸӹӺӻӼӽӾӿԀԁԂԃԄԅԆԇԈԉԊԋԌԍԎԏԐԑԒԓԔԕԖԗԘԙԚԛԜԝԞԟԠԡԢԣԤԥԦԧԨԩԪԫԬԭԮԯԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖՠաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆևֈ";
const PLAIN = new Map(Array.from(LETTERS + SHORT, (c, n) => [c, (SHORT + LETTERS)[n]]));
const files = new Map(), names = new Map(), loading = new Map();

/* The files of the index call these. */
function archiverNames(segment, text) { names.set(segment, text); files.set("names", names); }
function archiverGrams(name, text) { files.set(name, text); }
function archiverTexts(name, rows) { files.set(name, rows); }
function archiverFilters(data) { files.set("filters", data); }

function load(name) {
  if (!loading.has(name)) {
    loading.set(name, new Promise((done, fail) => {
      // The page itself has those that each search needs; they are run after this script.
      const there = document.querySelector(`script[src="search/${name}.js"]`);
      if (there && files.has(name)) { done(files.get(name)); return; }
      const script = there || document.createElement("script");
      script.onload = () => done(files.get(name));
      script.onerror = () => fail(new Error(`search/${name}.js 不在；请运行 archiver build`));
      if (there) return;
      script.src = `search/${name}.js`;
      document.head.append(script);
    }));
  }
  return loading.get(name);
}

/* Titles, accounts and authors of a segment; those of small ones are in one file. */
async function namesOf(segment) {
  await load(segment[3] ? segment[0] : "names");
  return names.get(segment[0]);
}

/* ---- words and filters ---- */

/* The same words as archiver/reader/query.py: terms, "phrases with spaces", account: after: before: note: stars: is:partial */
function parse(text) {
  const query = { terms: [], filters: [] };
  for (const [, name, quoted, word] of text.matchAll(/(?:(account|after|before|note|stars|is)[:：])?(?:["“”]([^"“”]*)["“”]?|([^\s"“”]+))/giu)) {
    const value = fold(quoted ?? word);
    if (!value) continue;
    if (!name) query.terms.push(value);
    else query.filters.push([name.toLowerCase(), value]);
  }
  query.terms = Array.from(new Set(query.terms));
  return query;
}

function problem(query) {
  for (const [name, value] of query.filters) {
    if ((name === "after" || name === "before") && !/^\d{4}(-\d\d(-\d\d)?)?$/.test(value)) return `${name}: 之后应为 2022、2022-03 或 2022-03-05 这样的日期`;
    if (name === "is" && value !== "partial") return "is: 之后只有 partial";
    if (name === "stars" && !/^[1-5]$/.test(value)) return "stars: 之后应为 1 到 5";
  }
  return "";
}

/* Whether an article passes, given its row of filters.js. */
function passes(filters, row, wanted) {
  const [account, date = "", stars = 0, partial = 0, notes = []] = row;
  return wanted.every(([name, value]) => {
    if (name === "account") return filters.accounts[account].includes(value);
    if (name === "after") return date >= value;
    if (name === "before") return date !== "" && date < value;
    if (name === "note") return notes.some((note) => filters.notes[note].includes(value));
    if (name === "stars") return stars >= Number(value);
    return partial === 1;
  });
}

/* ---- articles: in the order of results, and what has to be read of them ---- */

/* Which places in the order of all articles those of each segment have; and where each batch ends. */
function archiverIndex(data) {
  let rank = 0;
  const places = data.segments.map(() => []), ends = [];
  for (const [, letters] of data.batches) {
    for (const letter of letters) places[letter.codePointAt(0) - 48].push(rank++);
    ends.push(rank);
  }
  files.set("index", Object.assign(data, { places, ends }));
}

/* The articles of a segment by number whose names hold the term -> whether the title does. */
function named(heads, term) {
  const found = new Map();
  let number = -1, at = 0;
  for (let hit = heads.indexOf(term); hit >= 0; hit = heads.indexOf(term, at)) {
    while (heads.indexOf("\n", at) >= 0 && heads.indexOf("\n", at) < hit) { at = heads.indexOf("\n", at) + 1; number += 1; }
    const end = heads.indexOf("\n", hit), line = heads.slice(at, end < 0 ? undefined : end);
    found.set(number, line.slice(0, line.indexOf("\t")).includes(term));
    if (end < 0) break;
    at = end;
  }
  return found;
}

/* The articles of a segment that hold all terms, or may: `doubt` are the terms that their text has to show. */
async function inSegment(segment, places, terms) {
  const [heads, ...bodies] = await Promise.all([namesOf(segment), ...terms.map((term) => holding(segment, term))]);
  const inNames = terms.map((term) => named(heads, term));
  const sets = bodies.map(({ holders }) => new Set(holders));
  const of = (n) => sets[n].size + inNames[n].size;
  const least = terms.reduce((best, _, n) => (of(n) < of(best) ? n : best), 0);
  const numbers = new Set([...sets[least], ...inNames[least].keys()]);
  const found = [];
  for (const number of numbers) {
    if (!terms.every((_, n) => inNames[n].has(number) || sets[n].has(number))) continue;
    found.push({
      rank: places[number],
      hits: inNames.filter((found) => found.get(number)).length,
      doubt: terms.filter((_, n) => !inNames[n].has(number) && !bodies[n].exact),
    });
  }
  return found;
}

/* All articles that hold the terms, or may, and pass the filters, in the order of the results. */
async function candidates(query) {
  const index = await load("index"), { places } = index;
  const filters = query.filters.length ? await load("filters") : null;
  let found;
  if (query.terms.length) found = (await Promise.all(index.segments.map((one, n) => inSegment(one, places[n], query.terms)))).flat();
  else found = places.flat().map((rank) => ({ rank, hits: 0, doubt: [] }));
  if (filters) found = found.filter(({ rank }) => passes(filters, filters.rows[rank], query.filters));
  return found.sort((a, b) => b.hits - a.hits || a.rank - b.rank);
}

/* An article's row and text: of the batch that holds its place. */
async function read(index, rank) {
  const n = index.ends.findIndex((end) => rank < end);
  const rows = await load(index.batches[n][0]);
  const at = rows.length / 2 - (index.ends[n] - rank);
  const [folder, title, account, date, stars, partial] = rows[2 * at];
  return { folder, title, account, date, stars, partial: !!partial, text: rows[2 * at + 1] };
}

/* The article with its snippet in `pieces`; null if it does not hold what was in doubt. */
async function confirmed(index, { rank, doubt }, terms) {
  const doc = await read(index, rank);
  if (!terms.length) return doc;
  const plain = doc.text.replace(/[^\0-\x7f]/gu, (letter) => PLAIN.get(letter) || letter).split("\n");
  const folded = foldLines(plain);
  if (!doubt.every((term) => folded.some((line) => line.includes(term)))) return null;
  return Object.assign(doc, { pieces: snippet(plain, folded, terms) });
}

/* Yields the articles that hold all terms, in order; a doc's `pieces` are its snippet. `sure` is how many there are. */
async function* search(query) {
  const index = await load("index"), all = await candidates(query);
  query.sure = all.every(({ doubt }) => !doubt.length) ? all.length : null;
  for (let at = 0; at < all.length; at += FIRST) {
    for (const doc of await Promise.all(all.slice(at, at + FIRST).map((one) => confirmed(index, one, query.terms)))) {
      if (doc) yield doc;
    }
  }
}

/* ---- the page ---- */

function row(doc) {
  const link = element("a", { href: `../${doc.folder}/index.html` }, element("bdi", {}, doc.title));
  const facts = element("p", { className: "facts" });
  if (doc.account) facts.append(element("span", {}, element("bdi", {}, doc.account)));
  if (doc.date) facts.append(element("time", { dateTime: doc.date }, doc.date));
  if (doc.stars) {
    const stars = element("span", { className: "stars" }, "★".repeat(doc.stars));
    stars.setAttribute("role", "img");
    stars.setAttribute("aria-label", `${doc.stars} 星`);
    facts.append(stars);
  }
  if (doc.partial) facts.append(element("span", { className: "partial" }, "不完整"));
  const words = element("div", { className: "words" }, element("h2", { className: "name" }, link), facts);
  if (doc.pieces && doc.pieces.length) {
    words.append(element("p", { className: "digest" }, ...doc.pieces.map(([text, hit]) => (hit ? element("mark", {}, text) : text))));
  }
  return element("li", {}, words);
}

/* What the page shows of a search; null once another one has begun. */
let current = null;

async function show(page, text) {
  const { state, list, more } = page;
  const mine = current = {};
  const query = parse(text);
  chips(page);
  document.title = text.trim() ? `${text.trim()} · 搜索` : "搜索";
  if (problem(query) || (!query.terms.length && !query.filters.length)) {
    list.replaceChildren();
    more.hidden = true;
    state.textContent = problem(query);
    return;
  }
  const results = search(query);
  let count = 0;
  const next = async () => {
    const rows = [];
    let done = false;
    more.hidden = true;
    state.textContent = count ? `已显示 ${count} 篇，继续查找…` : "正在查找…";
    while (rows.length < FIRST && !done) {
      const one = await results.next();
      if (mine !== current) return; // the next letter was typed
      done = one.done;
      if (!done) rows.push(row(one.value));
    }
    if (count) list.append(...rows);
    else list.replaceChildren(...rows); // the old results stand until the new ones come
    count += rows.length;
    if (done || count === query.sure) { state.textContent = count ? `共 ${count} 篇` : "没有找到"; return; }
    state.textContent = query.sure === null ? `已找到 ${count} 篇` : `共 ${query.sure} 篇，显示 ${count} 篇`;
    more.hidden = false;
  };
  page.next = () => next().catch((error) => { if (mine === current) state.textContent = error.message; });
  await page.next();
}

function main() {
  const page = searchPage((text) => show(page, text));
  page.more = document.querySelector("#more");
  page.more.addEventListener("click", () => page.next && page.next());
  page.begin();
  load("index").catch((error) => { page.state.textContent = error.message; }); // before the first letter is typed
}

window.archiverSearch = async (text) => {
  const found = [];
  for await (const doc of search(parse(text))) found.push(doc.folder);
  return found;
};
main();
