"use strict";
(() => {
  const tip = document.getElementById("tip");
  const show = (mark) => {
    const box = mark.querySelector("circle").getBoundingClientRect();
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), window.innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = left + "px";
    tip.style.top = (above > 4 ? above : box.bottom + 8) + "px";
  };
  const hide = () => { tip.hidden = true; };
  for (const mark of document.querySelectorAll(".m")) {
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("blur", hide);
  }
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });

  const open = () => {
    const row = location.hash.startsWith("#f-") && document.getElementById(location.hash.slice(1));
    if (!row) return;
    row.hidden = false;
    row.querySelector("details").open = true;
  };
  window.addEventListener("hashchange", open);
  open();

  const input = document.getElementById("filter");
  if (!input) return;
  document.querySelector(".filter").hidden = false;
  const buttons = [...document.querySelectorAll(".levels button")];
  const rows = [...document.querySelectorAll(".findings tbody tr")].map((row) => ({ row, level: row.dataset.level, text: row.textContent.toLowerCase() }));
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.level));
    let shown = 0;
    for (const r of rows) {
      r.row.hidden = !on.has(r.level) || !words.every((w) => r.text.includes(w));
      if (!r.row.hidden) shown++;
    }
    document.getElementById("shown").textContent = shown === rows.length ? "" : shown + " of " + rows.length + " shown";
  };
  input.addEventListener("input", apply);
  for (const b of buttons) {
    b.hidden = !rows.some((r) => r.level === b.dataset.level);
    b.addEventListener("click", () => {
      b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") !== "true");
      apply();
    });
  }
})();
