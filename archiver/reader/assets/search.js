/* Search without a server: docs/format.md tells what is in the files of search/. Which articles hold a word, the grams of
   its segments tell exactly, or nearly so; whether it is there, and its place, tells the text of those that are shown. */
"use strict";

const FIRST = 20;
// Frequent letters, the most frequent first; in texts they change places with the others. archiver/reader reads them here.
const LETTERS = "，的。、是一在不人有了我：“”国这为中个大会们他来和年上以要到时对么能你就发可地！？《》（）生家出也说于学后成与过行用日多自现都没作下得开经还法动好方而公子事分之民主里政看吗本月所天新业同全定部最其进如前机美那当工关实小被但因长样理等什道去些面很心间区内电然力起体只着从并者高加想文问种员重及点将意合…；—【】‘’产三外由市无女已制网第情场名应西代正表真此位题相明资计建利系化期特性度果次给让两通教任比该东活手世提或使她物数立认怎知结入更总务话斯统目社展战做设安别信影己受解军司回把保平常见向海变报治台爱品北何接界论组件权选府议少它共运车至记又原金身式老路决科联视口处各持站量交万直反南打据基始再快水门十感程导传院才放今术强元完号图规改管划亚领际单头二尔需布达队片求非历每书指马广党几太先带游城办球色觉义级师专类约集告技团取儿参克史服格候调包请德必拉乐许造确气难吧收证称语山死线示条像流命根则近济京听英士价推标举争友干支委四续况准形男望官且走失言备容观华港质案钱查整未费空转较众神商风校字香啊首州料育创织却照亲识消研离具算欢哪型注源护连节周即投获音清增供五孩光项张息白构省律声演农究器边步喜局医象写除境思赛装谁跟便杀击响职助易版希属住洲巴星企引找试考列罗存须越态群县功纪复超害戏显族维深责值买足环模极协花断客警吃王百段验切往早终另远够独精习营括革岁曾评随例黑错继米林预玩故份速闻效致火妈阿呢拿兰采热房病户限艺严仅录江势控察满优兴绝土施宣武止负尼谢食简叫欧画古母低帮留积志虽朋否令读伤夫眼置播底域频派居监飞晚策卡尽刚讲苏股谈送诉河密落半念剧村依湾印哥破编待初双防普围批愿红轻承青免室范修压石状排率险福父适担六角层判卫财占园络奖阳执假席仍突测班旅升配停似笑审歌般铁换银均千养博威富微黄移罪票岛择奇紧韩久抗汉副犯亿波乎八款甚检馆油著差斗销购救坚讨庭镇药景店章陆介益纳朝宝俄述央素哈脑拍互乡按坏兵怕核善酒激细拥街卖载钟临享释背婚伊血充货您龙攻降射恶危略败奥弹付帝毛刻某减冲输永媒秘遇靠答座典码征访筑短析训胜疗温弟异阶劳退穿束倒七航姐夜云厂疑词九藏毒额左楼牌补杂亡康材健练盟妇沙届课乱软板索追湖暴融登售困圣授误梦缺督操味顾页遗礼签遭枪私牙吸础毕封币宗露讯稳宁辑恐托努曲李块爆灵守余右怀亦伦季烈衣舞皇草坐若扩幸逐序迎址竟午妹禁肯澳搞脸鲜亮苦船概贵附趣摄库跑鱼轮顿翻良旧狗急寻套综掉顺童迫庆丽木春吉脱竞虑架呼端违",
  SHORT = "ªµºÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĳĴĵĶķĸĹĺĻļĽľĿŀŁłŃńŅņŇňŉŊŋŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſƀƁƂƃƄƅƆƇƈƉƊƋƌƍƎƏƐƑƒƓƔƕƖƗƘƙƚƛƜƝƞƟƠơƢƣƤƥƦƧƨƩƪƫƬƭƮƯưƱƲƳƴƵƶƷƸƹƺƻƼƽƾƿǀǁǂǃǄǅǆǇǈǉǊǋǌǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǝǞǟǠǡǢǣǤǥǦǧǨǩǪǫǬǭǮǯǰǱǲǳǴǵǶǷǸǹǺǻǼǽǾǿȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȜȝȞȟȠȡȢȣȤȥȦȧȨȩȪȫȬȭȮȯȰȱȲȳȴȵȶȷȸȹȺȻȼȽȾȿɀɁɂɃɄɅɆɇɈɉɊɋɌɍɎɏɐɑɒɓɔɕɖɗɘəɚɛɜɝɞɟɠɡɢɣɤɥɦɧɨɩɪɫɬɭɮɯɰɱɲɳɴɵɶɷɸɹɺɻɼɽɾɿʀʁʂʃʄʅʆʇʈʉʊʋʌʍʎʏʐʑʒʓʔʕʖʗʘʙʚʛʜʝʞʟʠʡʢʣʤʥʦʧʨʩʪʫʬʭʮʯͰͱͲͳͶͷͻͼͽͿΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώϏϐϑϒϓϔϕϖϗϘϙϚϛϜϝϞϟϠϡϢϣϤϥϦϧϨϩϪϫϬϭϮϯϰϱϲϳϴϵϷϸϹϺϻϼϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџѠѡѢѣѤѥѦѧѨѩѪѫѬѭѮѯѰѱѲѳѴѵѶѷѸѹѺѻѼѽѾѿҀҁҊҋҌҍҎҏҐґҒғҔҕҖҗҘҙҚқҜҝҞҟҠҡҢңҤҥҦҧҨҩҪҫҬҭҮүҰұҲҳҴҵҶҷҸҹҺһҼҽҾҿӀӁӂӃӄӅӆӇӈӉӊӋӌӍӎӏӐӑӒӓӔӕӖӗӘәӚӛӜӝӞӟӠӡӢӣӤӥӦӧӨөӪӫӬӭӮӯӰӱӲӳӴӵӶӷӸӹӺӻӼӽӾӿԀԁԂԃԄԅԆԇԈԉԊԋԌԍԎԏԐԑԒԓԔԕԖԗԘԙԚԛԜԝԞԟԠԡԢԣԤԥԦԧԨԩԪԫԬԭԮԯԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖՠաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆևֈ";
const files = new Map(), loading = new Map(), waiting = new Map();

/* What a file's call holds is in a comment: a browser need not take that apart, and here it is only where it is shown. */
function inComment(held) { return String(held).slice(7, -3); }

function arrive(name, held) {
  files.set(name, held);
  if (waiting.has(name)) waiting.get(name)(held); // not only when the browser says that the file is loaded
}

/* The files of the index call these. */
function archiverGrams(name, held) { arrive(name, inComment(held)); }
function archiverTexts(name, held) { arrive(name, inComment(held).split("\n")); }
function archiverFilters(data) { arrive("filters", data); }

/* A value of JSON in a comment. */
function value(text) { return JSON.parse(text.replaceAll(STAR, "*")); }

loading.set("index", archiverIndexed.then((held) => { files.set("index", value(inComment(held))); return files.get("index"); }));

function load(name) {
  if (!loading.has(name)) {
    loading.set(name, new Promise((done, fail) => {
      const script = document.createElement("script");
      waiting.set(name, done);
      script.onerror = () => fail(new Error(`search/${name}.js 不在；请运行 archiver build`));
      script.onload = () => (files.has(name) ? done(files.get(name)) : script.onerror());
      script.src = `search/${name}.js`;
      document.head.append(script);
    }));
  }
  return loading.get(name);
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

/* Which places in the order of all articles those of each block have, by segment; and where each batch ends. */
function placed(index) {
  if (index.places) return index.places;
  let rank = 0;
  const ends = [], places = index.segments.map(([, blocks]) => blocks.map(() => [])), all = places.flat();
  for (const [, letters] of index.batches) {
    for (let n = 0; n < letters.length; n++) all[letters.charCodeAt(n) - 48].push(rank++);
    ends.push(rank);
  }
  Object.assign(index, { places, ends });
  return places;
}

/* The articles of a block that hold all terms, or may; `found` are the bodies and the names that do. `hits` are the terms
   in the title, `doubt` those of which their text has to show it. */
function inOne(places, found) {
  const sets = found.map(([bodies, names]) => [new Set(bodies.holders), new Set(names.holders), bodies.exact, names.exact]);
  const all = found.map(([bodies, names]) => new Set([...bodies.holders, ...names.holders.map((n) => n % places.length)]));
  const least = all.reduce((best, one) => (one.size < best.size ? one : best));
  const kept = [];
  for (const number of least) {
    if (!all.every((one) => one.has(number))) continue;
    const doubt = [];
    let hits = 0;
    sets.forEach(([bodies, names, exact, named], n) => {
      const title = names.has(number);
      hits += title;
      if (!(bodies.has(number) && exact || (title || names.has(number + places.length)) && named) || title && !named) doubt.push(n);
    });
    kept.push({ rank: places[number], hits, doubt });
  }
  return kept;
}

const inOrder = (a, b) => b.hits - a.hits || a.rank - b.rank;

/* All articles that hold the terms, or may, and pass the filters, in the order of the results. */
async function candidates(query) {
  const index = await load("index");
  const filtered = query.filters.length ? load("filters") : null;
  const looking = Promise.all([filtered, ...query.terms.map((term) => holding(index.segments, term))]);
  const places = placed(index); // while files come
  const [filters, ...found] = await looking;
  let all;
  if (found.length) all = places.flatMap((blocks, n) => blocks.flatMap((one, b) => inOne(one, found.map((segments) => segments[n][b]))));
  else all = places.flat(2).map((rank) => ({ rank, hits: 0, doubt: [] }));
  if (filters) all = all.filter(({ rank }) => passes(filters, filters.rows[rank], query.filters));
  return all.sort(inOrder);
}

/* An article's row and text: of the batch that holds its place. */
async function read(index, rank) {
  const n = index.ends.findIndex((end) => rank < end);
  const lines = await load(index.batches[n][0]);
  const at = lines.length / 2 - (index.ends[n] - rank);
  const [folder, title, account, date, stars, partial, ...names] = value(lines[2 * at]);
  return { folder, title, account, date, stars, partial: !!partial, names, text: value(lines[2 * at + 1]) };
}

let table = null; // of the letters that change places, by code; 0: it is none of them. A Map takes many times as long
function letterTable() {
  if (table) return table;
  table = new Uint16Array(0x10000);
  for (let n = 0; n < LETTERS.length; n++) {
    table[LETTERS.charCodeAt(n)] = SHORT.charCodeAt(n);
    table[SHORT.charCodeAt(n)] = LETTERS.charCodeAt(n);
  }
  return table;
}

/* A text with its letters in their own places again. Codes are in an array: of a typed one, and from a TextDecoder, letters
   come in twice the time. */
function plainText(text) {
  const codes = new Array(text.length), letters = letterTable();
  let plain = "";
  for (let n = 0; n < text.length; n++) { const code = text.charCodeAt(n); codes[n] = letters[code] || code; }
  for (let at = 0; at < text.length; at += 8192) plain += String.fromCharCode.apply(null, codes.slice(at, at + 8192));
  return plain;
}

/* Puts what is read of an article into it as `doc`, with the snippet in `pieces`; null if it does not hold what was in
   doubt. */
async function confirm(index, one, terms) {
  const doc = one.doc = await read(index, one.rank);
  if (!terms.length) return;
  const plain = plainText(doc.text).split("\n");
  const folded = foldLines(plain);
  if (one.doubt.length) {
    const [title, ...names] = doc.names.length ? doc.names : [fold(doc.title), fold(doc.account)];
    const lines = [title, ...names, ...folded];
    one.hits = terms.filter((term) => title.includes(term)).length;
    if (!one.doubt.every((n) => lines.some((line) => line.includes(terms[n])))) one.doc = null;
  }
  doc.pieces = snippet(plain, folded, terms);
}

/* Yields the articles that hold all terms, in order; a doc's `pieces` are its snippet. `sure` is how many there are. */
async function* search(query) {
  let all = await (query.candidates || candidates(query));
  const index = await load("index");
  query.sure = all.every(({ doubt }) => !doubt.length) ? all.length : null;
  while (all.length) {
    const first = all.slice(0, FIRST);
    await Promise.all(first.filter((one) => one.doc === undefined).map((one) => confirm(index, one, query.terms)));
    // One whose title does not hold what it may have held goes back to its place.
    all = first.filter((one) => one.doc !== null).concat(all.slice(FIRST)).sort(inOrder);
    while (all.length && all[0].doc) yield all.shift().doc;
  }
}

function isEmpty(query) { return !query.terms.length && !query.filters.length; }

/* What the page was opened with is looked up before the rest of the page is there: once, as `opened` is taken. */
let opened = null;
{
  const text = new URLSearchParams(location.search).get("q") || "", query = parse(text);
  if (!problem(query) && !isEmpty(query)) {
    query.candidates = candidates(query);
    query.candidates.catch(() => {}); // who awaits it tells
    opened = { text, query };
  }
}

function queryOf(text) {
  const query = opened && opened.text === text ? opened.query : parse(text);
  opened = null;
  return query;
}
