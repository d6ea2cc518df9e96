// What appears under a field while a mouse button is held would move what is being pressed, and the click would miss it:
// that waits until the button is let go and the click has come.
let held = false;
addEventListener("pointerdown", () => (held = true), true);
for (const name of ["pointerup", "pointercancel", "dragend"]) addEventListener(name, () => (held = false), true);

export default (work) => {
  if (!held) return work();
  const late = () => setTimeout(work);
  for (const name of ["pointerup", "pointercancel", "dragend"]) addEventListener(name, late, { capture: true, once: true });
};
