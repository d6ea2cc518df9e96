// A reference to a row of another entity: search as you type, choose with arrows and Enter, create a new one from what was typed.
// A text that names no row yet is kept by the browser: a reload or a killed program loses nothing.
import calm from "/static/calm.js";
import Pop from "/static/pop.js";

const WHERE = "zakaznik ";

export default {
  components: { Pop },
  template: `
    <div class="field refers" :class="{ invalid: wrong, flash: flashing }">
      <div class="label" v-if="label"><span class="cut" :title="label">{{ label }}</span><span v-if="required" class="required" title="Обязательное поле">*</span>
        <button v-if="rivals.length" type="button" class="mark" title="Есть расхождение: показать оба значения" aria-haspopup="true" :aria-expanded="showing" @click="showing = !showing"></button>
      </div>
      <div class="box">
        <input ref="input" type="text" role="combobox" autocomplete="off" spellcheck="false" :aria-expanded="open" :aria-controls="open ? 'list-' + $.uid : null"
          :aria-activedescendant="open && at >= 0 && (options.length || creatable) ? 'option-' + $.uid + '-' + at : null" :aria-label="label || placeholder" :aria-invalid="!!wrong" :readonly="readonly"
          :value="open ? query : left || text" :placeholder="placeholder || (open ? text : '')" @focus="focus" @click="show()" @input="typing" @keydown="key" @blur="leave">
        <span class="inside">
          <button v-if="value && !readonly && !required" type="button" tabindex="-1" title="Очистить" aria-label="Очистить" @mousedown.prevent="choose(null)"><q-icon name="close"></q-icon></button>
          <a v-if="href" :href="href" tabindex="-1" :title="hrefTitle" :aria-label="hrefTitle" @mousedown.stop><q-icon name="o_arrow_forward"></q-icon></a>
          <q-icon v-else name="expand_more" style="margin-right:4px"></q-icon>
        </span>
        <div v-if="open" ref="list" :id="'list-' + $.uid" class="list" :class="{ idle: !options.length && !creatable }" role="listbox" aria-label="Варианты" @mousedown.prevent>
          <div v-for="(option, i) in options" :key="option.id" :id="'option-' + $.uid + '-' + i" class="option" role="option" :class="{ at: i === at }" :aria-selected="i === at" @mousemove="at = i" @click="choose(option.id)">
            <span class="title">{{ option.title }}</span><span class="note">{{ option.note }}</span>
          </div>
          <div v-if="creatable" :id="'option-' + $.uid + '-' + options.length" class="option" role="option" :class="{ at: at === options.length }" :aria-selected="at === options.length" @mousemove="at = options.length" @click="create">Создать «{{ query.trim() }}»</div>
          <div v-if="!options.length && !creatable" class="nothing">{{ asked ? (query ? 'Ничего не найдено' : 'Список пуст') : '' }}</div>
        </div>
        <Pop v-if="showing" class="rivals" @closed="showing = false">
          <div v-for="rival in rivals" :key="rival.change" class="rival"><button type="button" @click="settle(rival.change)"><span>{{ rival.text || 'пусто' }}</span><span class="caption">{{ rival.who }}</span></button></div>
        </Pop>
      </div>
      <div v-if="told.error" class="under wrong" role="alert">{{ told.error }}</div>
      <div v-else-if="told.text" class="under">{{ told.text }}</div>
    </div>`,
  props: {
    label: String, value: String, text: { type: String, default: "" }, url: String, error: String, hint: String, news: String, placeholder: String, creating: Boolean, draft: { type: String, default: "" },
    required: Boolean, readonly: Boolean, href: String, hrefTitle: String, rivals: { type: Array, default: () => [] }, flash: { type: Number, default: 0 },
  },
  data() {
    return { open: false, query: "", options: [], at: -1, marked: undefined, asked: false, turn: 0, answers: "", awaited: false, passing: false, left: "", showing: false, flashing: false, made: "", sent: undefined, asking: false,
      told: { error: this.error, text: this.news || this.hint } };
  },
  computed: {
    under() { return { error: this.wrong, text: this.news || this.hint }; },
    // Text that the field was left with and that names no row: it stays until something is chosen, or Esc.
    wrong() {
      if (this.error || !this.left || this.awaited || this.made) return this.error;
      return this.creating ? "Выберите из списка или создайте" : "Выберите из списка";
    },
    unnamed() { return this.open ? this.query.trim() : this.left; },
    creatable() {
      const typed = this.query.trim().toLowerCase();
      return this.creating && typed && this.asked && !this.options.some((option) => option.title.toLowerCase() === typed);
    },
  },
  watch: {
    under(now) { calm(() => (this.told = now)); },
    value() { this.left = this.made = ""; this.asking = false; },
    error() { this.asking = false; },
    unnamed(now) { this.hold(now); },
    rivals(now) { if (!now.length) this.showing = false; },
    flash() { this.flashing = true; setTimeout(() => (this.flashing = false), 1600); },
  },
  mounted() {
    const kept = this.draft && localStorage.getItem(WHERE + this.draft);
    if (kept === this.text) this.hold("");
    else if (kept) this.left = kept;
  },
  methods: {
    hold(text) {
      if (!this.draft) return;
      if (text) localStorage.setItem(WHERE + this.draft, text);
      else localStorage.removeItem(WHERE + this.draft);
    },
    // The mark goes with the disagreement: the focus goes into the field.
    settle(change) { this.$emit("rival", change); this.$refs.input.focus(); this.showing = false; },
    focus() { this.$emit("entered"); this.$refs.input.select(); },
    // Nothing stands out until something is typed or an arrow is pressed: Enter in a field that was only entered, or emptied, takes nothing.
    show(at = -1) {
      if (this.readonly || this.open) return;
      Object.assign(this, { open: true, query: this.left, left: "", at, marked: undefined, asked: false }); // what was asked before it was closed is no answer
      this.ask();
      this.$nextTick(this.place);
    },
    // In a window or a menu the list would be cut off at its edge, and would make all of it scroll: there it lies over it, where there is more room.
    place() {
      const list = this.$refs.list;
      if (!list?.closest(".dialog, .q-menu")) return;
      const box = list.parentElement.getBoundingClientRect(), over = box.top, under = innerHeight - box.bottom;
      const [side, room, from] = under >= Math.min(over, 200) ? ["top", under, box.bottom] : ["bottom", over, innerHeight - box.top];
      Object.assign(list.style, { position: "fixed", top: "auto", right: "auto", left: box.left + "px", width: box.width + "px", maxHeight: room - 12 + "px", [side]: from + 4 + "px" });
      requestAnimationFrame(this.place); // until it is closed: a window grows when it opens, and may be scrolled
    },
    typing(event) {
      if (!this.open) this.show();
      this.query = event.target.value;
      if (!this.query.trim()) this.at = -1;
      this.ask();
    },
    async ask() {
      const turn = ++this.turn, query = this.query;
      this.awaited = false;
      const url = this.url + (this.url.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(this.query);
      const options = await this.found(url);
      if (turn !== this.turn) return;
      if (!options) return (this.awaited = false);
      this.options = options;
      this.asked = true;
      this.answers = query;
      if (query.trim()) this.at = 0;
      else if (this.at >= 0) this.at = Math.max(0, this.place_of(this.marked ?? this.value)); // an arrow may be quicker than the answer
      if (this.awaited) this.take(this.passing);
    },
    // Enter chooses among the answers to what stands there; a quick hand waits for them instead of taking from the list before.
    // Tab does the same in passing: where nothing is found it creates nothing by itself.
    take(passing) {
      this.awaited = !this.asked || this.answers !== this.query;
      this.passing = passing;
      if (this.awaited) return;
      if (this.at < 0) this.close();
      else if (this.at < this.options.length) this.choose(this.options[this.at].id);
      else if (this.creatable && (this.options.length || !passing)) this.create();
    },
    // A program that does not answer is told of by the frame; the list waits for the next letter.
    async found(url) {
      try {
        const answer = await fetch(url);
        return answer.ok ? await answer.json() : null;
      } catch { return null; }
    },
    key(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!this.open) return this.show(0);
        const last = this.options.length - (this.creatable ? 0 : 1), from = this.at < 0 ? this.place_of(this.value) : this.at;
        this.at = Math.max(0, Math.min(last, from + (event.key === "ArrowDown" ? 1 : -1)));
        this.marked = this.options[this.at]?.id;
        this.$nextTick(() => this.$refs.list?.querySelector(".at")?.scrollIntoView({ block: "nearest" }));
      } else if (event.key === "Enter" && this.open) {
        event.preventDefault();
        this.take(false);
      } else if (event.key === "Enter") this.again();
      else if (event.key === "Tab" && this.open && this.query.trim()) this.take(true);
      else if (event.key === "Escape" && (this.open || this.left || this.error || this.asking)) {
        event.stopPropagation();
        if (this.error || this.asking) this.restore();
        this.close();
      } else if (event.key === "Delete" && !this.open && this.value && !this.required) this.choose(null);
    },
    // The answer to what was chosen may still be on its way, and be a refusal; what is given up is not sent again on leaving.
    restore() {
      this.sent = undefined;
      this.asking = false;
      this.$emit("restored");
    },
    place_of(id) { return this.options.findIndex((option) => option.id === id); },
    choose(id) {
      this.close();
      if (id === this.value && !this.error) return;
      this.sent = id;
      this.asking = true;
      this.begin();
      this.$emit("chosen", id);
    },
    // What the page showed when a row was chosen: the program may know of others' changes by now.
    begin() { this.$emit("begun", document.querySelector("[data-seen]").dataset.seen); },
    // The name stays in sight until the new row stands there: it may be refused.
    create() {
      const name = this.query.trim();
      this.close();
      this.left = this.made = name;
      this.asking = true;
      this.begin();
      this.$emit("created", name);
    },
    // What was not taken is sent again by Enter and on leaving.
    again() { if (this.error && !this.left && this.sent === this.value) this.$emit("chosen", this.sent); },
    // What was typed stays in sight. An answer that Tab waits for is still taken.
    leave() {
      const typed = this.open ? this.query.trim() : this.left, made = this.open ? "" : this.made;
      if (this.awaited && this.passing) this.open = false;
      else this.close();
      [this.left, this.made] = [typed, made];
      this.again();
    },
    close() { this.open = this.awaited = false; this.query = this.left = this.made = ""; this.turn++; },
    take_focus() { this.$nextTick(() => this.$refs.input?.focus()); },
  },
};
