// One field of a form: label, control, error. What is typed is told to the program at a pause, on Enter and on leaving;
// until the program has confirmed it, the browser keeps a copy, so that a killed program loses nothing.
import calm from "/static/calm.js";
import Pop from "/static/pop.js";

const PAUSE = 600;
const WHERE = "zakaznik ", SEEN = " seen";

const MARK = `<button v-if="rivals.length" type="button" class="mark" title="Есть расхождение: показать оба значения" aria-haspopup="true" :aria-expanded="open" @click="open = !open"></button>`;
const RIVALS = `<Pop v-if="open" class="rivals" @closed="open = false">
          <div v-for="rival in rivals" :key="rival.change" class="rival"><button type="button" @click="settle(rival.change)"><span>{{ rival.text || 'пусто' }}</span><span class="caption">{{ rival.who }}</span></button></div>
        </Pop>`;

export default {
  components: { Pop },
  template: `
    <div class="field" :class="[{ number, dated, flag: mode === 'flag', invalid: error, warned: !error && warning, flash: flashing }]">
      <div class="label" v-if="mode !== 'flag' && label">
        <span :class="{ cut: true }" :title="label">{{ label }}</span><span v-if="required" class="required" title="Обязательное поле">*</span>
        ${MARK}
        <slot name="label"></slot>
      </div>
      <div v-if="mode === 'flag'" class="box"><label>
        <input type="checkbox" ref="input" :checked="local === '1'" :disabled="readonly" @change="choose($event.target.checked ? '1' : '0')" @blur="send(true)" @keydown.enter="send(true)">
        <span>{{ label }}</span>
      </label>${MARK}${RIVALS}</div>
      <div v-else class="box">
        <textarea v-if="mode === 'note'" ref="input" :data-typed="typed || undefined" :id="uid" rows="3" :value="local" :readonly="readonly" :placeholder="placeholder" :aria-invalid="!!error"
          :aria-label="spoken || label" @input="typing" @blur="leave" @focus="enter" @keydown.esc="restore" @keydown.ctrl.enter="send(true)"></textarea>
        <select v-else-if="mode === 'choice'" ref="input" :id="uid" :value="local" :disabled="readonly" :aria-label="spoken || label" @change="choose($event.target.value)" @blur="send(true)" @keydown.enter="send(true)">
          <option v-for="[key, words] in options" :key="key" :value="key">{{ words }}</option>
          <option v-if="local && options.every(([key]) => key !== local)" :value="local">{{ local }} (нет в списке)</option>
        </select>
        <input v-else ref="input" :data-typed="typed || undefined" :id="uid" type="text" autocomplete="off" :spellcheck="!number && !dated" :value="local" :readonly="readonly" :placeholder="placeholder"
          :aria-invalid="!!error" :aria-label="spoken || label" :inputmode="number ? 'decimal' : undefined"
          @input="typing" @blur="leave" @focus="enter" @mousedown="point" @mouseup="lift" @keydown.esc="restore" @keydown.enter="send(true)">
        <q-icon v-if="mode === 'choice' && !readonly" class="arrow" name="expand_more"></q-icon>
        <span class="inside" v-if="dated && !readonly">
          <button type="button" tabindex="-1" title="Календарь" aria-label="Календарь"><q-icon name="o_calendar_today"></q-icon>
            <q-menu anchor="bottom right" self="top right" v-model="calendar">
              <q-date minimal no-unset :model-value="iso" mask="YYYY-MM-DD" first-day-of-week="1" @update:model-value="picked"></q-date>
            </q-menu>
          </button>
        </span>
        <span class="inside" v-if="href"><a :href="href" :target="outside ? '_blank' : undefined" rel="noopener" tabindex="-1" :title="hrefTitle" :aria-label="hrefTitle"><q-icon :name="outside ? 'open_in_new' : 'o_arrow_forward'"></q-icon></a></span>
        ${RIVALS}
      </div>
      <div v-if="told.error" class="under wrong" role="alert">{{ told.error }}</div>
      <div v-else-if="told.text" class="under">{{ told.text }}</div>
    </div>`,
  props: {
    label: String, spoken: String, text: { type: String, default: "" }, error: String, warning: String, hint: String, news: String, placeholder: String,
    mode: { type: String, default: "line" }, options: { type: Array, default: () => [] }, number: Boolean, dated: Boolean, required: Boolean, readonly: Boolean,
    draft: { type: String, default: "" }, seen: { type: String, default: null }, turn: { type: Number, default: 0 }, flash: { type: Number, default: 0 },
    rivals: { type: Array, default: () => [] }, href: String, hrefTitle: String, outside: Boolean,
  },
  data() {
    return { local: this.text, typed: false, focused: false, timer: null, calendar: false, flashing: false, open: false, pointed: false, sent: null, told: { error: this.error, text: this.warning || this.news || this.hint }, uid: "f" + Math.random().toString(36).slice(2) };
  },
  computed: {
    under() { return { error: this.error, text: this.warning || this.news || this.hint }; },
    iso() {
      const found = /^(\d\d)\.(\d\d)\.(\d{4})/.exec(this.local);
      return found ? `${found[3]}-${found[2]}-${found[1]}` : "";
    },
  },
  watch: {
    under(now) { calm(() => (this.told = now)); },
    text(value) { if (!this.typed) this.local = value; },
    turn() { if (!this.focused || !this.typed) { this.typed = false; this.local = this.text; } },
    rivals(now) { if (!now.length) this.open = false; },
    seen(value) { if (this.kept() === value) this.forget(); },
    flash() { this.flashing = true; setTimeout(() => (this.flashing = false), 1600); },
  },
  mounted() {
    const kept = this.kept();
    if (kept === null) return;
    if (kept === this.text) return this.forget();
    this.local = kept;
    this.typed = true;
    this.$emit("recalled", localStorage.getItem(this.word()) ?? "");
    this.send(true);
  },
  beforeUnmount() {
    if (this.typed && this.local !== this.text) this.send(true);
    clearTimeout(this.timer);
  },
  methods: {
    kept() { return this.draft ? localStorage.getItem(WHERE + this.draft) : null; },
    forget() { for (const key of [WHERE + this.draft, this.word()]) localStorage.removeItem(key); },
    // With the text goes what the page showed at its first letter: the program may never have heard of that.
    hold() {
      if (!this.draft) return;
      if (this.kept() === null) localStorage.setItem(this.word(), this.shown());
      localStorage.setItem(WHERE + this.draft, this.local);
    },
    shown() { return document.querySelector("[data-seen]").dataset.seen; },
    word() { return WHERE + this.draft + SEEN; },
    enter(event) {
      this.focused = true;
      this.$emit("entered");
      if ((this.number || this.dated) && !this.pointed) event.target.select();
    },
    // A number or a date is chosen whole when the field is entered, so that typing replaces it; a second click puts the caret.
    point(event) { this.pointed = document.activeElement !== event.target; },
    lift(event) {
      if (this.pointed && (this.number || this.dated)) event.target.select();
      this.pointed = false;
    },
    typing(event) {
      this.local = event.target.value;
      if (!this.typed) this.$emit("begun", this.shown());
      this.typed = true;
      this.hold();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(false), PAUSE);
    },
    // What was not taken is sent again by Enter and on leaving, as it stands: nothing has to be typed twice.
    send(final) {
      clearTimeout(this.timer);
      if (!this.typed && !(final && this.error && (this.sent ?? this.local) === this.local && (this.local || this.sent === ""))) return;
      if (final) [this.typed, this.sent] = [false, this.local];
      this.$emit("typed", { text: this.local, final });
    },
    leave() { this.focused = false; this.send(true); },
    restore(event) {
      if (!this.typed && !this.error) return;
      event.stopPropagation();
      clearTimeout(this.timer);
      this.typed = false;
      this.sent = false; // what is given up is not sent again on leaving, though its refusal stands until the program has answered
      this.forget();
      this.$emit("restored");
    },
    choose(value) {
      this.$emit("begun", this.shown());
      this.local = this.sent = value;
      this.hold();
      this.$emit("typed", { text: value, final: true });
    },
    // The mark goes with the disagreement: the focus goes into the field.
    settle(change) { this.$emit("rival", change); this.$refs.input?.focus(); this.open = false; },
    picked(value) {
      if (!value) return;
      const [y, m, d] = value.split("-");
      const time = /(\d\d:\d\d)$/.exec(this.local);
      this.local = `${d}.${m}.${y}` + (this.mode !== "moment" ? "" : time ? " " + time[1] : this.local ? "" : " 09:00"); // a whole day stays one
      this.calendar = false;
      if (!this.typed) this.$emit("begun", this.shown());
      this.typed = true;
      this.hold();
      this.send(true);
    },
    // The words of a quick hand are not chosen, to be replaced by the next letter.
    take_focus() {
      this.$nextTick(() => {
        const { input } = this.$refs;
        if (!input || (this.typed && input === document.activeElement)) return;
        input.focus();
        input.select?.();
      });
    },
  },
};
