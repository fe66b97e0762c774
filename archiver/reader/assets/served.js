/* archiver's reader: the search page of `archiver serve`: the server's own answer, fetched while one types. */
"use strict";

const served = searchPage(async (text) => {
  chips(served);
  const answer = await fetch(`?q=${encodeURIComponent(text)}`).catch(() => null);
  if (!answer || !answer.ok || served.input.value !== text) return; // the next letter was typed
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (served.input.value !== text) return;
  document.title = page.title;
  served.state.textContent = page.querySelector("#state").textContent;
  served.list.replaceChildren(...page.querySelector("#results").children);
  document.querySelector("#parts").replaceChildren(...page.querySelector("#parts").childNodes);
});
chips(served);
