// A text that ends in «…» is told whole under the mouse, wherever it stands. What has a tip of its own keeps it, as cells of a register do.
const told = new WeakSet();
document.addEventListener("mouseover", ({ target }) => {
  const cut = target.scrollWidth > target.clientWidth && getComputedStyle(target).textOverflow === "ellipsis" && !target.closest(".ag-cell");
  if (cut && (!target.title || told.has(target))) {
    target.title = target.value ?? target.textContent;
    told.add(target);
  } else if (told.delete(target)) target.removeAttribute("title");
});
