/* In the head of the search page from disk, before anything else of it: asks for the list of the index, which every search
   needs. It comes while the browser reads the rest of the page. */
"use strict";

const archiverIndexed = new Promise((done, fail) => {
  window.archiverIndex = done; // search/index.js calls it
  const script = document.createElement("script");
  script.onerror = () => fail(new Error("search/index.js 不在；请运行 archiver build"));
  script.src = "search/index.js";
  document.head.append(script);
});
