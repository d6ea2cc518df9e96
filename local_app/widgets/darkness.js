// Light, dark, or as the system has it (null). Acts only when the value changes: the framework's own element sets the classes of the
// body again at every change of the page, and the browser then counts the styles of every cell anew.
export default {
  props: { value: Boolean },
  template: "<span hidden></span>",
  mounted() { setDark(this.value); },
  watch: { value(now) { setDark(now); } },
};
