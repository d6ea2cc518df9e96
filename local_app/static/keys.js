// Keys that work on every screen. What only the page can do is done here; the rest is told to the program.
(() => {
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");
  const settled = (target) => !typing(target) || (target.closest(".field") && !target.dataset.typed); // a half-typed text is undone by the browser
  const tell = (name) => { if (window.emitEvent) emitEvent("pressed", name); };
  // With a window open the keys are for what is in it: under it nothing is opened, created or switched that its user does not see.
  const scope = () => [...document.querySelectorAll(".q-dialog")].pop() ?? document;
  const within = (selector) => [...scope().querySelectorAll(selector)];
  const press = (selector) => { const found = within(selector).find((each) => each.offsetParent); if (found) { found.focus(); found.select?.(); found.click(); } return !!found; };

  let left = null; // the field that Esc was pressed in
  const leave = () => document.activeElement?.blur?.(); // what is typed is told to the program before its field goes
  addEventListener("popstate", leave, true); // likewise before «back» of the browser is followed

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    left = null;
    const key = event.key.toLowerCase(), code = event.code, inField = typing(event.target);
    const take = () => { event.preventDefault(); event.stopPropagation(); };
    if (event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(code)) {
      const entry = document.querySelectorAll(".nav .entry[href]")[Number(code[5]) - 1];
      if (entry) { take(); leave(); entry.click(); }
    } else if (event.ctrlKey && !event.altKey && !event.shiftKey && /^Digit[1-9]$/.test(code)) {
      const section = within("[data-sections] > *")[Number(code[5]) - 1];
      if (document.querySelector("[data-sections]")) take();
      if (section) { leave(); section.click(); }
    } else if (event.ctrlKey && code === "KeyK") { take(); press("[data-search-everywhere]"); }
    else if (event.ctrlKey && code === "KeyF") { if (press("[data-search-here]")) take(); }
    else if (event.ctrlKey && code === "KeyP") { if (press("[data-key-print]") || document.querySelector("[data-key-print]")) take(); }
    else if (event.altKey && code === "KeyN" || event.ctrlKey && code === "KeyN") { if (press("[data-key-new]")) take(); }
    else if (code === "Insert" && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      const fresh = [...document.querySelectorAll("[data-key-add]")].pop();
      if (fresh?.offsetParent && !document.querySelector(".q-dialog")) { take(); fresh.focus(); }
    }
    else if (event.ctrlKey && code === "KeyZ" && !event.shiftKey && settled(event.target)) { take(); tell("undo"); }
    else if (event.ctrlKey && (code === "KeyY" || (code === "KeyZ" && event.shiftKey)) && settled(event.target)) { take(); tell("redo"); }
    else if (event.key === "F1") { take(); leave(); tell("help"); }
    else if (key === "escape") {
      if (inField) left = event.target; // the field comes first and restores its text
      else if (!document.querySelector(".q-dialog, .q-menu, .pop")) [...document.querySelectorAll("[data-key-back]")].pop()?.click();
    } else if (event.key === "?" && !inField) { take(); if (scope() === document) tell("keys"); }
    else if (!inField && !event.ctrlKey && !event.altKey && !event.metaKey && key.length === 1 && /[\p{L}\p{N}]/u.test(key) && !document.querySelector(".q-dialog, .pop")) {
      const search = document.querySelector("[data-search-here]");
      if (search) search.focus();
    }
  }, true);
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Escape") return;
    if (left && left === document.activeElement) left.blur();
    left = null;
  }, true);

  // A window gives the focus back to where it was. What lies under it may be drawn anew at that moment: the same button, the same row stands for it.
  // Where Tab leads beyond the last button of a window is not where it was.
  const rows = () => [...document.querySelectorAll("tr.link[tabindex]")];
  let under = null;
  document.addEventListener("focusin", ({ target }) => {
    if (!document.querySelector(".q-dialog") && !target.closest(".q-menu, .pop")) under = { target, row: rows().indexOf(target) };
  });
  const again = () => {
    if (under?.target.isConnected) return under.target;
    return under?.target.matches("[data-key-new]") ? [...document.querySelectorAll("[data-key-new]")].find((each) => each.offsetParent) : rows()[under?.row];
  };
  addEventListener("uncovered", () => {
    const screen = document.querySelector(".nicegui-sub-pages > *");
    const watch = new MutationObserver(() => give()), stop = () => watch.disconnect();
    const give = () => {
      if (!screen?.isConnected) stop();
      else if (document.activeElement === document.body) again()?.focus();
    };
    for (const name of ["keydown", "mousedown"]) addEventListener(name, stop, { capture: true, once: true });
    watch.observe(document.body, { childList: true, subtree: true });
    give();
  });
})();
