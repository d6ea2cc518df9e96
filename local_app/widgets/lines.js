// The lines of an order, edited like a spreadsheet. The server is the truth: every cell is committed by itself and answered
// with what changed. What is typed and not yet answered is kept in this browser, so that a killed server or a reload loses nothing.

const COLUMNS = [
  { name: "product", label: "Товар или услуга" },
  { name: "unit", label: "Единица", short: "Ед." },
  { name: "quantity", label: "Количество", short: "Кол-во" },
  { name: "price", label: "Цена, ₽", spoken: "Цена" },
  { name: "discount", label: "Скидка" },
  { name: "vat", label: "НДС" },
];
const SEARCHED = new Set(["product", "unit", "vat"]);
const BARCODE = /^\d{8,14}$/;
const [OPTION, HIGHEST] = [30, 312]; // of the list under a cell, in pixels: lines.css
const NEW_LINE = "Введите название, артикул или штрихкод";

const Line = {
  props: { row: Object, index: Number, columns: Array, draft: Object, problem: Object, flash: Object, ghost: Boolean, dropped: String },
  template: `
    <tr role="row" :class="{ ghost, negative: row.negative, 'drop-before': dropped === 'before', 'drop-after': dropped === 'after' }" :data-id="row.id">
      <td role="cell" class="number" :draggable="!ghost" :title="ghost ? '' : 'Перетащите строку или нажмите Alt+↑, Alt+↓'">{{ ghost ? "" : index + 1 }}</td>
      <td v-for="(column, at) in columns" :key="column.name" role="cell" :class="[column.name, { wrong: problem?.[column.name], flash: flash?.[column.name] }]"
          :title="flash?.[column.name] || undefined">
        <input v-if="!ghost || at === 0" :value="draft?.[column.name]?.text ?? row[column.name] ?? ''" :data-id="row.id" :data-field="column.name"
          :aria-label="(column.spoken || column.label) + ', ' + (ghost ? 'новая строка' : 'строка ' + (index + 1))"
          :aria-invalid="problem?.[column.name] ? 'true' : undefined" :placeholder="ghost ? '${NEW_LINE}' : undefined"
          :aria-autocomplete="['product', 'unit', 'vat'].includes(column.name) ? 'list' : undefined"
          :title="row[column.name]?.length > 24 ? row[column.name] : undefined"
          :data-key-add="ghost || undefined" tabindex="-1" autocomplete="off" autocapitalize="off" spellcheck="false">
        <span v-if="column.name === 'product' && row.sku" class="sku">{{ row.sku }}</span>
        <button v-if="row.rivals?.[column.name]" type="button" class="mark" tabindex="-1" :data-rivals="column.name"
          title="Есть расхождение: показать все значения" aria-label="Показать расхождение"></button>
      </td>
      <td role="cell" class="sum" :title="row.hint">{{ ghost ? "" : row.sum }}</td>
      <td role="cell" class="acts"><button v-if="!ghost" class="remove" type="button" tabindex="-1" title="Удалить строку (Ctrl+Delete)"
        :aria-label="'Удалить строку ' + (index + 1)" :data-remove="row.id">×</button></td>
    </tr>
    <tr v-for="[name, text] in Object.entries(problem || {})" :key="name" class="why" role="row"><td role="cell"></td>
      <td role="cell" :style="{ gridColumn: 'span ' + span(name) }" :class="name"><span role="alert">{{ text }}</span></td></tr>`,
  methods: {
    span(name) {
      // The reason stands under its cell: numbers end there, texts begin there and go on to the right.
      const at = this.columns.findIndex((column) => column.name === name);
      return ["quantity", "price", "discount", "vat"].includes(name) ? at + 1 : this.columns.length + 2;
    },
  },
};

export default {
  components: { Line },
  props: { state: Object, place: String },
  template: `
    <div class="lines" ref="root" @input="typed" @focusin="entered" @focusout="left" @mousedown="clicked" @paste="pasted"
         @click="removing" @dragstart="dragged" @dragover="draggedOver" @drop="droppedOn" @dragend="drag = null">
      <div class="lines-scroll"><table role="table" :class="{ 'with-vat': totals.with_vat }">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" class="number">№</th>
          <th v-for="column in columns" :key="column.name" role="columnheader" :class="column.name">{{ column.short || column.label }}</th>
          <th role="columnheader" class="sum">Сумма, ₽</th><td role="cell" class="acts"></td></tr></thead>
        <tbody role="rowgroup">
          <Line v-for="(row, index) in rows" :key="row.id" :row="row" :index="index" :columns="columns" :draft="drafts[row.id]"
            :problem="problems[row.id]" :flash="flashes[row.id]" :dropped="drag?.over === row.id ? drag.side : ''" />
          <Line v-for="id in ghosts" :key="id" :row="blank(id)" :index="rows.length" :columns="columns" :draft="drafts[id]" :problem="problems[id]" ghost />
        </tbody>
      </table></div>
      <div class="lines-foot">
        <div class="lines-note">{{ totals.count }}<span v-if="note" class="who" role="status">{{ note }}</span></div>
        <dl class="lines-totals">
          <dt>Без скидки</dt><dd>{{ totals.gross }}</dd>
          <template v-if="totals.lines_discount"><dt>Скидка в строках</dt><dd>{{ totals.lines_discount }}</dd></template>
          <dt><button v-if="totals.rivals.discount" type="button" class="mark" data-rivals="discount" title="Есть расхождение: показать все значения" aria-label="Показать расхождение о скидке на заказ"></button>
            <label :for="place + '-discount'">Скидка на заказ</label>
            <input :id="place + '-discount'" :value="drafts.order?.discount?.text ?? totals.discount_text" data-id="order" data-field="discount"
              :class="{ wrong: problems.order?.discount }" placeholder="5% или 500" title="Процент или сумма: 5% или 500" autocomplete="off"></dt>
          <dd>{{ totals.discount }}</dd>
          <p v-if="problems.order?.discount" class="why" role="alert">{{ problems.order.discount }}</p>
          <template v-for="vat in totals.vat" :key="vat.label"><dt>{{ vat.label }}</dt><dd>{{ vat.sum }}</dd></template>
          <dt class="due">К оплате</dt><dd class="due" :class="{ danger: totals.negative }" :title="totals.words" tabindex="0" :aria-label="'К оплате ' + totals.total + '. ' + totals.words">{{ totals.total }}</dd>
        </dl>
      </div>
      <ul v-if="list" class="lines-list" role="listbox" :style="list.style">
        <li v-for="(option, at) in list.options" :key="option.id ?? at" role="option" :aria-selected="at === list.at" :class="{ at: at === list.at, keep: option.keep }"
            @mousedown.prevent.stop="pick(at)" @mousemove="list.at = at">
          <span class="name">{{ option.name }}</span><span class="extra">{{ option.sku }}</span><span class="price">{{ option.price }}</span></li>
      </ul>
    </div>`,
  data() {
    return { ...this.state, drafts: {}, problems: this.state.problems || {}, flashes: {}, list: null, drag: null, note: "" };
  },
  computed: {
    with_vat() {
      return this.totals.with_vat;
    },
    columns() {
      return COLUMNS.filter((column) => column.name !== "vat" || this.with_vat);
    },
    ghosts() {
      // The new line at the end, and before it those that were not accepted.
      const refused = this.spare.filter((id) => this.problems[id]?.product);
      return [...refused, ...this.spare.filter((id) => !refused.includes(id)).slice(0, 1)];
    },
  },
  created() {
    Object.assign(this, { editing: false, restored: false, serial: 0, outlived: null, waiting: new Map(), chosen: new Map(), asked: 0, active: null, stop: null });
  },
  mounted() {
    addEventListener("keydown", this.pressed, true); // before the keys of the whole screen
    addEventListener("scroll", this.follow, true);
    for (const [id, texts] of Object.entries(this.state.drafts || {}))
      for (const [field, text] of Object.entries(texts)) this.drafts[id] = { ...this.drafts[id], [field]: { text, view: this.state.begun[id]?.[field] || this.view } };
    this.recall();
    this.roam();
  },
  updated() {
    this.roam();
  },
  unmounted() {
    removeEventListener("keydown", this.pressed, true);
    removeEventListener("scroll", this.follow, true);
  },
  methods: {
    // --------------------------------------------------------------- what the server says
    apply(news) {
      if (news.rows) {
        const known = Object.fromEntries(this.rows.map((row) => [row.id, row]));
        for (const row of news.rows) known[row.id] = row;
        this.arrange(this.kept_under(news.order || this.rows.map((row) => row.id)).map((id) => known[id]).filter(Boolean));
      }
      if (news.totals) this.totals = news.totals;
      if (news.units) this.units = news.units;
      if (news.view) this.view = news.view;
      if (news.spare) this.refill(news.spare);
      for (const flash of news.flashes || []) this.flashed(flash);
      if (news.note) this.note = news.note;
      if (news.done) this.answered(news.done, news.wrong || {}, news.drafts || {});
      if (news.focus) this.$nextTick(() => this.focus(news.focus.id, news.focus.field));
      if (!this.editing) this.$nextTick(() => this.input()?.select());
      this.remember();
    },
    // A line that a colleague has deleted stays as long as somebody types in it: what is typed keeps it, Esc lets it go.
    kept_under(order) {
      const id = this.editing && this.active?.id, at = this.rows.findIndex((row) => row.id === id);
      this.outlived = at >= 0 && !order.includes(id) ? id : null;
      return this.outlived ? [...order.slice(0, at), id, ...order.slice(at)] : order;
    },
    // A row that changes its place takes the focus out of its cell: the cell gets it back, with the caret where it was.
    arrange(rows) {
      const input = this.input(), caret = [input?.selectionStart, input?.selectionEnd];
      this.moving = true;
      this.rows = rows;
      this.$nextTick(() => {
        this.moving = false;
        if (!input?.isConnected || document.activeElement === input) return;
        input.focus();
        input.setSelectionRange(...caret);
      });
    },
    blank(id) {
      return { id };
    },
    isGhost(id) {
      return this.spare.includes(id);
    },
    refill(ids) {
      const used = new Set(this.rows.map((row) => row.id));
      this.spare = [...new Set([...this.spare, ...ids])].filter((id) => !used.has(id));
    },
    answered(serial, wrong, texts) {
      const message = this.waiting.get(serial);
      this.waiting.delete(serial);
      if (message?.field && this.drafts[message.id]?.[message.field]?.text === message.text && !wrong[message.id]?.[message.field])
        this.release(message.id, message.field);
      for (const [id, texts_of] of Object.entries(texts)) for (const [field, text] of Object.entries(texts_of)) this.hold(id, field, text);
      for (const [id, reasons] of Object.entries(wrong)) this.problems[id] = { ...this.problems[id], ...reasons };
      if (message?.kind !== "commit" || !wrong[message.id] || message.id === "order" || this.rows.some((row) => row.id === message.id)) return;
      this.spare = [message.id, ...this.spare.filter((id) => id !== message.id)]; // a new line that was refused stands as new again
      if (this.active?.id === message.id) this.$nextTick(() => this.focus(message.id, "product"));
    },
    flashed({ id, field, who }) {
      this.flashes[id] = { ...this.flashes[id], [field]: who || " " };
      setTimeout(() => delete this.flashes[id]?.[field], 4000);
    },
    found(serial, options) {
      const input = this.input();
      if (serial !== this.asked || !input || !this.editing) return;
      this.show(input, options);
    },
    // --------------------------------------------------------------- drafts: what is typed and not yet accepted
    hold(id, field, text) {
      const old = this.drafts[id]?.[field];
      this.drafts[id] = { ...this.drafts[id], [field]: { text, view: old?.view ?? this.view } };
    },
    release(id, field) {
      if (this.drafts[id]) {
        const { [field]: _, ...others } = this.drafts[id];
        this.drafts[id] = others;
      }
      if (this.problems[id]?.[field]) {
        const { [field]: _, ...others } = this.problems[id];
        this.problems[id] = others;
      }
    },
    remember() {
      const typing = this.editing && this.active ? { ...this.active, ...this.drafts[this.active.id]?.[this.active.field] } : null;
      const kept = { typing, waiting: [...this.waiting.values()] };
      if (typing?.text === undefined && !kept.waiting.length) localStorage.removeItem(this.key());
      else localStorage.setItem(this.key(), JSON.stringify(kept));
    },
    recall() {
      const kept = JSON.parse(localStorage.getItem(this.key()) || "null");
      if (!kept) return;
      const { id, field, text, view } = kept.typing ?? {};
      const known = id === "order" || this.rows.some((row) => row.id === id), lost = !known && field !== "product";
      // What was being typed is being typed again before anything is sent: the copy in the browser is written anew with every sending.
      if (text !== undefined && !lost) this.go_on(known ? id : this.spare[0], field, text, view);
      // Sent again, for the answer may have been lost: all but moves leave the same lines when they are done twice.
      for (const message of kept.waiting) if (message.kind !== "move") this.send(message.kind, message);
      if (text !== undefined && lost) this.send("commit", { id, field, text, choice: null, keep: true, first: false, view });
    },
    go_on(id, field, text, view) {
      this.drafts[id] = { ...this.drafts[id], [field]: { text, view } };
      Object.assign(this, { active: { id, field }, editing: true, restored: true });
      this.$nextTick(() => this.focus(id, field, true));
    },
    key() {
      return `zakaznik lines ${this.place}`; // a wipe looks for the first word
    },
    send(kind, message) {
      const serial = ++this.serial;
      const whole = { ...message, kind, serial };
      this.waiting.set(serial, whole);
      this.remember();
      this.$emit("act", whole);
    },
    // --------------------------------------------------------------- committing
    commit(id, field, choice, first = false) {
      const draft = this.drafts[id]?.[field];
      const shown = id === "order" ? this.totals.discount_text : this.rows.find((row) => row.id === id)?.[field] ?? "";
      if (!draft && !choice) return;
      const text = draft?.text ?? shown;
      if (!choice && (text === shown || (this.isGhost(id) && !text.trim()))) return this.restore(id, field);
      if ([...this.waiting.values()].some((sent) => sent.id === id && sent.field === field && sent.text === text && !choice)) return;
      if (this.isGhost(id)) this.grow(id, text, choice);
      this.send("commit", { id, field, text, choice: choice?.id ?? null, keep: Boolean(choice?.keep), first, view: draft?.view ?? this.view });
    },
    grow(id, text, choice) {
      // The new line stands at once, with an id the server gave beforehand, so that typing goes on without waiting.
      const name = choice && !choice.keep ? choice.name : text;
      this.rows = [...this.rows, { id, product: name, unit: choice?.unit || "", quantity: "1", price: choice?.price || "", discount: "", vat: "", sum: "", unsure: !choice }];
      this.spare = this.spare.filter((each) => each !== id);
    },
    restore(id, field) {
      if (this.problems[id]?.[field]) this.$emit("act", { kind: "forget", id, field, serial: 0 });
      this.release(id, field);
      if (this.outlived === id) this.rows = this.rows.filter((row) => row.id !== id);
      this.remember();
    },
    // --------------------------------------------------------------- the list under a cell
    look(input) {
      const { id, field } = input.dataset;
      const text = input.value;
      this.asked += 1;
      if (field === "product") return this.$emit("search", { serial: this.asked, text });
      const plain = (name) => name.toLowerCase().replace(/[²³]/g, (sign) => (sign === "²" ? "2" : "3")); // «м3» is typed where «м³» stands
      const wanted = plain(text.trim());
      const all = field === "unit" ? this.units : this.rates;
      this.show(input, all.filter((option) => plain(option.name).startsWith(wanted)));
    },
    show(input, options) {
      const { id, field } = input.dataset;
      const text = input.value.trim();
      const renaming = field === "product" && this.renaming;
      const all = [...options, ...this.as_typed(field, text, renaming, options)];
      if (!all.length) return (this.list = null);
      const first = field === "unit" && all[0].keep ? -1 : 0; // a unit is added on purpose, not by the Enter after a slip of the finger
      this.list = { options: all, at: renaming ? all.length - 1 : first, style: this.under(input, all.length), text: input.value };
    },
    // The last choice of the list: what was typed, though the directory does not have it.
    as_typed(field, text, renaming, options) {
      const named = renaming ? `Назвать строку «${text}»` : `Оставить «${text}» без товара из справочника`;
      if (field === "product" && text && !BARCODE.test(text)) return [{ keep: true, id: null, name: named }];
      return field === "unit" && !options.length && /^\p{L}/u.test(text) ? [{ keep: true, id: null, name: `Добавить единицу «${text}»` }] : [];
    },
    dispute(id, field) {
      const row = id === "order" ? this.totals : this.rows.find((each) => each.id === id);
      this.focus(id, field);
      this.list = { options: row.rivals[field], at: 0, style: this.under(this.input(), row.rivals[field].length), text: null, view: this.view };
    },
    // Over the cell only where the list does not fit under it: there it covers the lines that were typed before.
    under(input, count) {
      const box = input.getBoundingClientRect(), height = Math.min(count * OPTION + 10, HIGHEST);
      const up = box.bottom + height > innerHeight && box.top > innerHeight - box.bottom;
      return { left: `${box.left}px`, minWidth: `${box.width}px`, ...(up ? { bottom: `${innerHeight - box.top}px` } : { top: `${box.bottom}px` }) };
    },
    follow(event) {
      const input = this.list && this.input();
      if (input && event.target.contains?.(input)) this.list.style = this.under(input, this.list.options.length);
    },
    pick(at) {
      const { id, field } = this.active;
      const choice = this.list.options[at];
      if (choice.rival) {
        const { view } = this.list; // what came since the list was opened is not in it
        this.list = null;
        return this.send("settle", { id, name: choice.field, change: choice.change, view });
      }
      this.list = null;
      this.settle(id, field, choice);
      this.step(id, field, "chosen");
    },
    settle(id, field, choice, first = false) {
      // Leave the cell with a choice, or with the text as it stands; a product that was not looked up yet is found by the server.
      if (choice && !this.drafts[id]?.[field]) this.hold(id, field, this.input()?.value ?? "");
      this.editing = false;
      this.asked += 1;
      this.list = null;
      this.commit(id, field, choice, first);
    },
    // --------------------------------------------------------------- keys, mouse, clipboard
    pressed(event) {
      const { id, field } = event.target.dataset || {};
      if (!field || event.isComposing || !this.$refs.root.contains(event.target)) return;
      const command = this.commandOf(event);
      if (!command) return;
      event.preventDefault();
      event.stopPropagation();
      command.call(this, id, field, event);
    },
    commandOf(event) {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      const control = ctrlKey || metaKey;
      const open = this.list && this.list.options.length;
      if (altKey && (key === "ArrowUp" || key === "ArrowDown")) return this.shift;
      if (control && key === "Delete") return (id) => this.remove(id);
      if (control && !this.editing && (event.code === "KeyZ" || event.code === "KeyY")) return () => this.$emit("undo", event.code === "KeyZ" && !shiftKey);
      if (control || altKey) return null;
      if (open && this.list.options[0].rival) return this.disputedKey(key);
      if (key === "Enter" || key === "Tab") return this.enterOf(event);
      if (key === "Escape") return this.editing || this.drafts[event.target.dataset.id]?.[event.target.dataset.field] ? this.escape : null;
      if (key === "F2") return this.edit;
      if (open && (key === "ArrowDown" || key === "ArrowUp")) return () => this.scroll(key === "ArrowDown" ? 1 : -1);
      if (key === "ArrowDown" || key === "ArrowUp") return this.leaving(key === "ArrowDown" ? "down" : "up");
      if (!this.editing && (key === "ArrowLeft" || key === "ArrowRight")) return this.leaving(key === "ArrowLeft" ? "left" : "right");
      return null;
    },
    disputedKey(key) {
      if (key === "Enter") return () => this.pick(this.list.at);
      if (key === "ArrowDown" || key === "ArrowUp") return () => this.scroll(key === "ArrowDown" ? 1 : -1);
      return () => (this.list = null);
    },
    enterOf(event) {
      const { id, field } = event.target.dataset;
      const way = event.key === "Enter" ? "enter" : event.shiftKey ? "left" : "next";
      if (event.key === "Tab" && !this.target(id, field, way)) return null; // Tab leaves the table at its ends
      return this.leaving(way);
    },
    leaving(way) {
      return (id, field, event) => {
        const fresh = this.list && this.list.text === event.target.value;
        const choice = this.editing && SEARCHED.has(field) && fresh && event.target.value.trim() ? this.list.options[this.list.at] : null;
        const code = field === "product" && BARCODE.test(event.target.value.trim());
        const typed = this.editing && field === "product" && event.target.value.trim();
        this.settle(id, field, choice, Boolean(typed) && !fresh && !this.renaming);
        this.step(id, field, way === "enter" && typed && !code ? "chosen" : way);
      };
    },
    escape(id, field, event) {
      this.list = null;
      this.editing = false;
      this.asked += 1;
      this.restore(id, field);
      this.$nextTick(() => event.target.select());
    },
    edit(id, field, event) {
      this.editing = true;
      this.renaming = field === "product" && !this.isGhost(id);
      event.target.setSelectionRange(event.target.value.length, event.target.value.length);
      if (field === "unit" || field === "vat") this.show(event.target, field === "unit" ? this.units : this.rates);
    },
    scroll(way) {
      this.list.at = (this.list.at + way + this.list.options.length) % this.list.options.length;
      this.$nextTick(() => this.$refs.root.querySelector(".lines-list .at")?.scrollIntoView({ block: "nearest" }));
    },
    typed(event) {
      const { id, field } = event.target.dataset;
      if (!field) return;
      if (!this.editing) this.renaming = false;
      this.editing = true;
      this.restored = false;
      this.hold(id, field, event.target.value);
      this.remember();
      if (SEARCHED.has(field)) this.look(event.target);
    },
    entered(event) {
      const { id, field } = event.target.dataset || {};
      if (!field) return;
      if (this.active?.id !== id || this.active?.field !== field) this.editing = this.restored = false;
      this.active = { id, field };
      if (!this.editing) event.target.select();
      this.roam();
    },
    left(event) {
      const { id, field } = event.target.dataset || {};
      if (!field || this.moving || !document.hasFocus()) return;
      this.settle(id, field, null);
    },
    clicked(event) {
      const input = event.target.closest?.("td")?.querySelector("input");
      if (!input || event.target.closest("td.number, td.acts, td.sum, .mark")) return;
      // As in a spreadsheet: a click chooses the cell, the second of a double click, or one into what is being typed, puts the caret.
      if (document.activeElement === input && !this.restored && (this.editing || event.detail > 1)) {
        this.editing = true;
        this.renaming = input.dataset.field === "product" && !this.isGhost(input.dataset.id);
        return;
      }
      event.preventDefault();
      input.focus();
      input.select();
      this.restored = false;
    },
    pasted(event) {
      const { id, field } = event.target.dataset || {};
      const text = event.clipboardData?.getData("text/plain") || "";
      if (!field || id === "order" || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      this.release(id, field);
      this.editing = false;
      this.list = null;
      this.send("paste", { at: id, column: field, rows: text, moment: Date.now(), key: Math.random().toString(36).slice(2), view: this.view });
    },
    // --------------------------------------------------------------- where to go next
    target(id, field, way) {
      const ids = [...this.rows.map((row) => row.id), ...this.ghosts];
      const names = this.columns.map((column) => column.name);
      const [row, column] = [ids.indexOf(id), names.indexOf(field)];
      const ghost = this.rows.length;
      const cell = (y, x) => (y < 0 || y >= ids.length ? null : { id: ids[y], field: y >= ghost ? "product" : names[x] });
      if (row < 0) return null;
      if (way === "chosen") return cell(row, names.indexOf("quantity"));
      if (way === "enter" && row >= ghost - 1) return field === "quantity" && this.unpriced(row) ? cell(row, names.indexOf("price")) : cell(ids.length - 1, 0);
      if (way === "enter") return cell(row + 1, column);
      if (way === "down" || way === "up") return cell(row + (way === "down" ? 1 : -1), column);
      if (way === "left") return column > 0 && row < ghost ? cell(row, column - 1) : row > 0 ? cell(row - 1, row - 1 < ghost ? names.length - 1 : 0) : null;
      return column < names.length - 1 && row < ghost ? cell(row, column + 1) : cell(row + 1, 0);
    },
    // The new line of something that the directory does not have waits for its price. Of a line that the server has yet to find nobody knows.
    unpriced(at) {
      const row = this.rows[at];
      return Boolean(row) && !row.price && !row.unsure && !this.drafts[row.id]?.price;
    },
    step(id, field, way) {
      const to = this.target(id, field, way);
      if (to) this.$nextTick(() => this.focus(to.id, to.field));
      else this.$nextTick(() => this.input()?.select());
    },
    take_focus() { this.$nextTick(() => this.focus(this.ghosts.at(-1), "product")); },
    focus(id, field, editing = false) {
      const input = this.$refs.root?.querySelector(`input[data-id="${CSS.escape(id)}"][data-field="${field}"]`);
      if (!input) return;
      this.active = { id, field };
      this.editing = editing;
      input.focus();
      if (editing) input.setSelectionRange(input.value.length, input.value.length);
      else input.select();
      input.scrollIntoView({ block: "nearest" });
    },
    input() {
      const input = document.activeElement;
      return input?.dataset?.field && this.$refs.root?.contains(input) ? input : null;
    },
    roam() {
      // One cell of the table takes part in the order of Tab: the one that was used last, at first the new line.
      const table = this.$refs.root?.querySelector("tbody");
      if (!table) return;
      const { id, field } = this.active || {};
      const own = id && table.querySelector(`input[data-id="${CSS.escape(id)}"][data-field="${field}"]`);
      const chosen = own || [...table.querySelectorAll("tr.ghost input")].at(-1);
      if (!chosen || chosen === this.stop) return;
      if (this.stop) this.stop.tabIndex = -1;
      chosen.tabIndex = 0;
      this.stop = chosen;
    },
    // --------------------------------------------------------------- moving and removing
    shift(id, field, event) {
      const at = this.rows.findIndex((row) => row.id === id);
      this.place_at(id, at + (event.key === "ArrowUp" ? -1 : 1), field);
    },
    place_at(id, index, field) {
      const from = this.rows.findIndex((row) => row.id === id);
      if (from < 0 || index < 0 || index >= this.rows.length || index === from) return;
      if (field) this.commit(id, field);
      const rows = [...this.rows];
      rows.splice(index, 0, ...rows.splice(from, 1));
      this.arrange(rows);
      this.send("move", { id, index, view: this.view });
      if (field) this.$nextTick(() => this.focus(id, field));
    },
    removing(event) {
      const mark = event.target.closest?.("[data-rivals]");
      if (mark) return this.dispute(mark.closest("tr")?.dataset.id ?? "order", mark.dataset.rivals);
      const id = event.target.closest?.("[data-remove]")?.dataset.remove;
      if (id) this.remove(id);
    },
    remove(id) {
      const at = this.rows.findIndex((row) => row.id === id);
      if (at < 0) return;
      const field = this.active?.field || "product";
      this.list = null;
      this.editing = false;
      delete this.drafts[id];
      delete this.problems[id];
      this.rows = this.rows.filter((row) => row.id !== id);
      this.send("remove", { id, view: this.view });
      const next = this.rows[Math.min(at, this.rows.length - 1)];
      this.$nextTick(() => (next ? this.focus(next.id, field) : this.focus(this.ghosts.at(-1), "product")));
    },
    dragged(event) {
      const id = event.target.closest?.("td.number")?.parentElement.dataset.id;
      if (!id) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      this.drag = { id, over: null, side: "" };
    },
    draggedOver(event) {
      const row = event.target.closest?.("tr[data-id]");
      if (!this.drag || !row || row.classList.contains("ghost")) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      Object.assign(this.drag, { over: row.dataset.id, side: event.clientY < box.top + box.height / 2 ? "before" : "after" });
    },
    droppedOn(event) {
      if (!this.drag?.over) return;
      event.preventDefault();
      const { id, over, side } = this.drag;
      this.drag = null;
      const others = this.rows.filter((row) => row.id !== id);
      const at = others.findIndex((row) => row.id === over);
      if (at >= 0) this.place_at(id, at + (side === "after" ? 1 : 0));
    },
  },
};
