// The search of a register. What stands in the box is the browser's: nothing that the program draws meanwhile puts old letters back.
const PAUSE = 200;

export default {
  template: `
    <div class="seek">
      <q-icon name="search"></q-icon>
      <input ref="input" type="search" autocomplete="off" data-search-here="1" placeholder="Найти" aria-label="Найти в реестре" v-model="local" @input="typing" @keydown.enter="leave" @keydown.down="leave">
    </div>`,
  props: { text: { type: String, default: "" } },
  data() {
    return { local: this.text, timer: null };
  },
  beforeUnmount() { clearTimeout(this.timer); },
  methods: {
    typing() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("typed", this.local), PAUSE);
    },
    // Down into the rows of what stands here: the pause after the last letter need not be over.
    leave(event) {
      clearTimeout(this.timer);
      event.preventDefault();
      this.$refs.input.blur();
      this.$emit("left", this.local);
    },
    put(text) {
      clearTimeout(this.timer);
      this.local = text;
    },
  },
};
