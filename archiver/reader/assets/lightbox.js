/* archiver's reader: images of an article shown large, and what is wider than the screen reached by keyboard. */
"use strict";

/* ---- pictures, large ---- */

function lightbox() {
  const images = Array.from(document.querySelectorAll("article.body img"))
    .filter((image) => !image.closest("a, .formula"));
  if (!images.length || !window.HTMLDialogElement) return;
  let at = 0;
  const box = document.createElement("dialog");
  box.className = "lightbox";
  box.setAttribute("aria-label", "图片");
  const view = document.createElement("img");
  const words = document.createElement("p");
  words.setAttribute("aria-live", "polite");
  const button = (name, label, text, action) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: name, textContent: text, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  };
  const show = (to) => {
    at = (to + images.length) % images.length;
    view.src = images[at].currentSrc || images[at].src;
    view.alt = images[at].alt;
    box.classList.remove("large");
    words.textContent = `${at + 1} / ${images.length}` + (images[at].alt ? `　${images[at].alt}` : "");
  };
  const back = button("back", "上一张（←）", "‹", () => show(at - 1));
  const forth = button("forth", "下一张（→）", "›", () => show(at + 1));
  back.hidden = forth.hidden = images.length < 2;
  box.append(view, button("close", "关闭（Esc）", "×", () => box.close()), back, forth, words);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    else if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "+" || event.key === "-" || event.key === "=") box.classList.toggle("large", event.key !== "-");
    else return;
    event.preventDefault();
  });
  view.addEventListener("click", () => box.classList.toggle("large"));
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => images[at].focus());
  images.forEach((image, n) => {
    const open = () => { show(n); document.body.append(box); box.showModal(); };
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.setAttribute("aria-label", image.alt ? `放大图片：${image.alt}` : "放大图片");
    image.addEventListener("click", open);
    image.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); }
    });
  });
}

/* ---- what is wider than the screen can be reached and scrolled by keyboard ---- */

function scrollers() {
  document.querySelectorAll("article.body :is(pre, .table)").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
}

if (document.querySelector("article.body")) {
  lightbox();
  scrollers();
  window.addEventListener("resize", scrollers);
}
