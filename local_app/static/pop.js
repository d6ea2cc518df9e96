// A small window over the page: takes the focus when it opens and gives it back when it closes. Esc, a press outside and
// the focus going elsewhere close it. `back`: what gives the focus back when the element that had it may have been drawn anew.
export default {
  template: `<div class="pop" tabindex="-1" @keydown="key" @focusout="left"><slot></slot></div>`,
  props: { back: Function },
  emits: ["closed"],
  mounted() {
    this.opener = document.activeElement;
    (this.items()[0] ?? this.$el).focus();
    document.addEventListener("mousedown", this.away, true);
  },
  beforeUnmount() {
    document.removeEventListener("mousedown", this.away, true);
    if (!this.$el.contains(document.activeElement)) return;
    if (this.back) this.back();
    else this.opener.focus();
  },
  methods: {
    items() { return [...this.$el.querySelectorAll("button, input")]; },
    // The button that opened it closes it by itself.
    own(target) { return this.opener.tagName === "BUTTON" && this.opener.contains(target); },
    away(event) { if (!this.$el.contains(event.target) && !this.own(event.target)) this.$emit("closed"); },
    left(event) {
      const to = event.relatedTarget;
      if (document.hasFocus() && !this.$el.contains(to) && !this.own(to)) this.$emit("closed");
    },
    key(event) {
      const items = this.items(), at = items.indexOf(document.activeElement);
      if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
      else if (event.key === "ArrowUp") items[(Math.max(at, 0) - 1 + items.length) % items.length].focus();
      else if (event.key === "Escape") {
        addEventListener("keyup", (up) => up.stopPropagation(), { capture: true, once: true }); // a dialog under it would close, too
        this.$emit("closed");
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
  },
};
