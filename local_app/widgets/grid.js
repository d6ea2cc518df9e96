// A register: AG Grid over rows that come in blocks from this program, with its column state, menu, chooser and keys.
import * as AgGrid from "nicegui-aggrid";
import Pop from "/static/pop.js";

const WORDS = {
  loadingOoo: "Загружается…", noRowsToShow: " ", pinColumn: "Закрепить столбец", pinLeft: "Слева", pinRight: "Справа", noPin: "Не закреплять",
  autosizeThisColumn: "Ширина по содержимому", autosizeAllColumns: "Ширина всех по содержимому", resetColumns: "Вернуть столбцы", copy: "Копировать",
  sortAscending: "По возрастанию", sortDescending: "По убыванию", sortUnSort: "Без сортировки", selectAll: "Выбрать всё", searchOoo: "Найти…",
  page: "Страница", of: "из", to: "до", more: "ещё", next: "Дальше", last: "Последняя", first: "Первая", previous: "Назад",
  ariaColumn: "Столбец", ariaRowSelect: "Пробел — выбрать строку", ariaRowDeselect: "Пробел — снять выбор", ariaRowToggleSelection: "Пробел — выбрать или снять выбор",
  ariaSortableColumn: "Enter — сортировать", ariaSearch: "Поиск", ariaHidden: "скрыт", ariaVisible: "показан", ariaChecked: "выбрано", ariaUnchecked: "не выбрано",
  ariaIndeterminate: "частично", ariaRowSelectionDisabled: "Строку нельзя выбрать", ariaHeaderSelection: "Выбор всех строк",
};
const BLOCK = 100;
const AGAIN_MS = 1000;
// Making a grid takes longer than all the rest of a screen: the one of a screen that is left is kept, with its rows and its place, until the screen comes back.
const MOST_KEPT = 6;
const kept = new Map();
function ended(seat) {
  if (!seat) return;
  kept.delete(seat.as);
  seat.api.destroy();
  seat.api = null;
}
AgGrid.ModuleRegistry.registerModules([AgGrid.AllCommunityModule]);
const THEME = AgGrid.themeQuartz.withParams({
  fontFamily: "Roboto, sans-serif", fontSize: 13, headerFontSize: 12, rowHeight: 32, headerHeight: 32, spacing: 6, cellHorizontalPadding: 10, wrapperBorder: false,
  wrapperBorderRadius: 0, backgroundColor: "var(--surface)", foregroundColor: "var(--text)", borderColor: "var(--line)", headerBackgroundColor: "var(--surface)",
  rowHoverColor: "var(--hover)", selectedRowBackgroundColor: "var(--picked)", accentColor: "var(--accent)", browserColorScheme: "inherit", headerColumnResizeHandleColor: "var(--line)",
  oddRowBackgroundColor: "var(--surface)", tooltipBackgroundColor: "var(--raised)", tooltipTextColor: "var(--text)",
});

function order(model) { return model?.length ? model[0].colId + " " + model[0].sort : ""; }

function cell(column) {
  const shown = { field: column.name, headerName: column.label, colId: column.name, sortable: column.sortable, initialHide: column.hidden, initialWidth: column.width, resizable: true, minWidth: column.least };
  if (column.flex) Object.assign(shown, { initialFlex: column.flex });
  if (column.number) Object.assign(shown, { type: "rightAligned" });
  shown.cellClassRules = { "below-zero": (p) => column.number && String(p.value ?? "").startsWith("−"), zero: (p) => p.value === "—", overdue: (p) => false };
  if (column.hue) shown.cellRenderer = status(column.name);
  shown.tooltipField = column.number ? undefined : column.name;
  return shown;
}

function status(name) {
  return (params) => {
    if (!params.data || !params.value) return "";
    const shown = document.createElement("span");
    shown.className = "status hue-" + (params.data[name + "_hue"] || "gray");
    shown.textContent = params.value;
    return shown;
  };
}

export default {
  components: { Pop },
  template: `
    <div class="grid-holder" @contextmenu.prevent>
      <div ref="grid" class="grid-place"></div>
      <div class="grid-empty" v-show="empty"><slot></slot></div>
      <Pop v-if="menu" role="menu" :style="{ left: menu.x + 'px', top: menu.y + 'px' }" :back="menu.back" @closed="menu = null">
        <template v-for="act in acts" :key="act.name"><div v-if="act.line" class="line"></div><button type="button" role="menuitem" v-if="!act.needs || menu.data[act.needs]" @click="run(act)">{{ act.label }}</button></template>
      </Pop>
      <Pop v-if="choosing" class="tall" role="group" aria-label="Столбцы" :style="{ right: '20px', top: choosing + 'px' }" @closed="choosing = 0">
        <template v-for="(column, place) in columns" :key="column.name"><div v-if="column.custom && !columns[place - 1].custom" class="line"></div><label><input type="checkbox" :checked="seen[column.name]" @change="toggle(column.name, $event.target.checked)"> <span class="cut" :title="column.label">{{ column.label }}</span></label></template>
        <div class="line"></div><button type="button" @click="reset">Вернуть как было</button>
      </Pop>
    </div>`,
  props: { name: String, within: String, columns: Array, acts: { type: Array, default: () => [] }, query: { type: Object, default: () => ({}) }, state: Object, sort: String, selecting: Boolean, turn: Number, segments: String },
  data() {
    return { menu: null, choosing: 0, seen: {}, empty: false };
  },
  watch: {
    query() { this.follow(this.query); },
    columns() { this.widen(); },
    turn() { this.load(); },
  },
  mounted() {
    this.awaited = null;
    this.behind = false; // the rows of former filters stand where others are on their way
    this.plain = JSON.parse(JSON.stringify({ columns: this.columns, query: this.query }));
    this.seat = this.taken() ?? this.made();
    if (this.seat.api) this.returned();
    else this.begun();
    this.look();
  },
  beforeUnmount() {
    this.gone = true; // what was set going before (a block to load, an answer under way) ends there
    this.left();
    this.api = null;
  },
  methods: {
    // A seat is a grid with what it needs to be seen again: what it was made as, its place in the page, what it asked for, how far it was scrolled.
    taken() {
      const seat = kept.get(this.made_as());
      kept.delete(seat?.as);
      if (seat && seat.within !== this.within) return void ended(seat); // the rows of another card never stand in this one
      return seat;
    },
    made() {
      const place = document.createElement("div");
      place.className = "grid";
      return { as: this.made_as(), within: this.within, place, api: null, view: null, heeded: new WeakSet() };
    },
    made_as() { return JSON.stringify([this.name, this.plain.columns, this.selecting]); },
    begun() {
      this.seat.view = this;
      this.$refs.grid.append(this.seat.place);
      const state = this.arranged();
      this.early = this.first(state?.columnVisibility?.hiddenColIds, order(state?.sort?.sortModel));
      this.api = this.seat.api = AgGrid.createGrid(this.seat.place, this.options(this.seat, state));
      this.counted();
      this.heed();
    },
    returned() {
      const { seat } = this, wanted = this.plain.query;
      Object.assign(this, { api: seat.api, count: seat.count, last: seat.last });
      this.plain.query = seat.query;
      seat.view = this;
      this.$refs.grid.append(seat.place);
      for (const [box, top, left] of seat.scrolled) box.scrollTo(left, top);
      if (JSON.stringify(wanted) !== JSON.stringify(seat.query)) return this.follow(wanted);
      const focused = this.api.getFocusedCell();
      if (focused && document.activeElement === document.body) this.api.setFocusedCell(focused.rowIndex, focused.column);
      if (this.api.getSelectedRows().length) this.chosen();
      this.load();
    },
    left() {
      const { seat } = this;
      const scrolled = [...seat.place.querySelectorAll(".ag-body-viewport, .ag-center-cols-viewport")].map((box) => [box, box.scrollTop, box.scrollLeft]);
      Object.assign(seat, { view: null, query: this.plain.query, count: this.count, last: this.last, scrolled });
      seat.place.remove();
      ended(kept.get(seat.as));
      kept.set(seat.as, seat);
      if (kept.size > MOST_KEPT) ended(kept.values().next().value);
    },
    // As the user has left the columns. One that has come since stands last, hidden if it is at first: the grid would show it.
    arranged() {
      const known = this.state?.columnOrder?.orderedColIds;
      if (!known) return this.state ?? undefined;
      const fresh = this.plain.columns.filter((column) => !known.includes(column.name)), names = (columns) => columns.map((column) => column.name);
      const hidden = [...(this.state.columnVisibility?.hiddenColIds ?? []), ...names(fresh.filter((column) => column.hidden))];
      return { ...this.state, columnOrder: { orderedColIds: [...known, ...names(fresh)] }, columnVisibility: { hiddenColIds: hidden } };
    },
    options(seat, state) {
      const told = (name) => (event) => seat.view?.[name](event);
      return {
        theme: THEME,
        columnDefs: this.plain.columns.map(cell), rowModelType: "infinite", cacheBlockSize: BLOCK, maxBlocksInCache: 20, infiniteInitialRowCount: 1, rowBuffer: 2,
        getRowId: (params) => params.data.id, localeText: WORDS, suppressDragLeaveHidesColumns: true, suppressCellFocus: false, animateRows: false, maintainColumnOrder: true, suppressFieldDotNotation: true,
        initialState: state, tooltipShowDelay: 600, alwaysMultiSort: false, defaultColDef: { sortingOrder: ["asc", "desc"] }, suppressMultiSort: true,
        rowSelection: this.selecting ? { mode: "multiRow", checkboxes: false, headerCheckbox: false, enableClickSelection: true } : undefined,
        datasource: { getRows: (params) => (seat.view ? seat.view.block(params) : params.failCallback()) },
        onRowDoubleClicked: told("open"), onCellKeyDown: told("key"), onCellContextMenu: told("offer"), onSelectionChanged: told("chosen"),
        onColumnResized: (event) => event.finished && seat.view?.keep(event),
        onColumnMoved: (event) => event.finished && seat.view?.keep(event),
        onColumnVisible: (event) => { seat.view?.keep(event); if (event.visible) seat.view?.load(); },
        onSortChanged: told("keep"),
      };
    },
    async block(params) {
      const asked = this.plain.query, rows = this.question({ start: params.startRow, end: params.endRow, sort: order(params.sortModel), columns: this.shown() });
      const early = this.early?.rows === rows ? this.early : null;
      if (early) this.early = null;
      const page = await (early ? early.answer : this.fetched(rows));
      if (!this.seat.api) return; // a destroyed grid answers nothing
      if (this.gone || !page || asked !== this.plain.query) return params.failCallback();
      const end = params.startRow + page.rows.length;
      this.last = end < params.endRow ? end : this.count;
      this.stood ??= this.standing();
      params.successCallback(page.rows, this.last);
      this.behind = false;
      this.keep_focus();
      if (this.awaited !== null) this.open({ rowIndex: this.awaited });
    },
    // The grid tells of a new order when it has thrown its rows away and drawn its head anew; its columns tell at once.
    heed() {
      const { seat } = this, ordered = ({ column }) => column.getSort() && seat.view?.ordered(column.getColId() + " " + column.getSort());
      for (const column of this.api.getColumns()) if (!seat.heeded.has(column)) column.addEventListener("sortChanged", ordered), seat.heeded.add(column);
    },
    ordered(sort) { this.early = this.first(this.api.getState().columnVisibility?.hiddenColIds ?? [], sort); },
    // The first rows are asked for before the grid is made, or its old rows thrown away: both take their time.
    first(hidden, sort) {
      const names = this.plain.columns.filter((column) => (hidden ? !hidden.includes(column.name) : !column.hidden)).map((column) => column.name);
      const rows = this.question({ start: 0, end: BLOCK, sort, columns: names.sort().join(",") });
      return { rows, answer: this.fetched(rows) };
    },
    // How many rows there are, and their sums, come by themselves: over many rows they take longer than the rows of one screen.
    async counted() {
      const turn = (this.counting = (this.counting ?? 0) + 1);
      const page = await this.fetched(this.question({ count: "1", segments: this.segments || "" }));
      if (!page || this.gone || turn !== this.counting) return;
      this.count = page.count;
      this.empty = page.count === 0;
      if (this.last !== page.count) this.api.setRowCount((this.last = page.count), true);
      this.$emit("counted", page);
    },
    question(wanted) { return String(new URLSearchParams({ ...this.plain.query, ...wanted })); },
    async fetched(question, again = true) {
      let refused = false;
      try {
        const answer = await fetch(`/api/rows/${this.name}?${question}`);
        if (answer.ok) return await answer.json();
        refused = true; // its file is busy, or worse
      } catch {} // the program is away: the frame tells
      if (!again && refused && !this.gone) this.$emit("unread");
      if (!again || this.gone) return null;
      await new Promise((go) => setTimeout(go, AGAIN_MS));
      return this.gone ? null : this.fetched(question, false);
    },
    shown() { return this.api ? this.api.getAllDisplayedColumns().map((column) => column.getColId()).sort().join(",") : ""; },
    // Every news of the program brings the filters anew; only others throw the rows away, with the place and the selection. The old ones stand until then.
    follow(query) {
      const now = JSON.stringify(query);
      if (now !== JSON.stringify(this.plain.query)) {
        this.plain.query = JSON.parse(now);
        this.count = this.last = undefined;
        this.following = this.replaced();
      }
      return this.following;
    },
    async replaced() {
      const { columnVisibility, sort } = this.api.getState(), asked = this.plain.query;
      this.early = this.first(columnVisibility?.hiddenColIds ?? [], order(sort?.sortModel));
      const answer = await this.early.answer;
      if (this.gone || asked !== this.plain.query) return;
      if (answer) this.empty = !answer.rows.length;
      this.counted();
      this.api.deselectAll();
      this.api.clearFocusedCell();
      this.api.ensureIndexVisible(0, "top");
      if (!answer || Object.keys(this.api.getCacheBlockState()).length > 1) this.api.purgeInfiniteCache(); // rows of other filters do not stay
      else { // the rows that stand there are filled anew: half the work
        this.behind = true;
        this.api.refreshInfiniteCache();
      }
    },
    load() {
      if (!this.api) return;
      this.early = null; // it may be older than what has changed
      this.stood = null;
      this.counted();
      this.api.refreshInfiniteCache();
    },
    // The grid keeps the place of the focus, not the row: with one more row above, Enter would open the neighbour.
    // Which row has it is looked up as late as that: it may have been chosen while the rows were on their way.
    standing() {
      const cell = this.api.getFocusedCell(), id = cell && this.api.getDisplayedRowAtIndex(cell.rowIndex)?.data?.id;
      return id ? { cell, id } : null;
    },
    keep_focus() {
      const { cell, id } = this.stood ?? {}, now = id && this.api.getRowNode(id)?.rowIndex;
      if (now == null) return; // it may come with another block
      this.stood = null;
      if (now === cell.rowIndex || !this.seat.place.contains(document.activeElement)) return;
      if (this.api.getFocusedCell()?.rowIndex === cell.rowIndex) this.api.setFocusedCell(now, cell.column);
    },
    chosen() { if (this.api) this.$emit("selected", this.api.getSelectedRows().map((row) => row.id)); },
    // A row that is still on its way opens when it has come, unless another key was pressed meanwhile.
    open({ rowIndex, data }) {
      data ??= this.api.getDisplayedRowAtIndex(rowIndex)?.data; // it may have come and not be drawn yet
      this.awaited = data ? null : rowIndex;
      if (data) this.$emit("opened", data.id);
    },
    key(event) {
      const pressed = event.event;
      this.awaited = null;
      if (pressed.key === "Enter" && this.behind) this.awaited = event.rowIndex;
      else if (pressed.key === "Enter") this.open(event);
      else if (pressed.key === "ContextMenu" || (pressed.shiftKey && pressed.key === "F10")) { pressed.preventDefault(); this.offer(event); }
      else if (pressed.ctrlKey && pressed.key.toLowerCase() === "a") { pressed.preventDefault(); this.api.forEachNode((node) => node.data && node.setSelected(true)); }
    },
    offer(event) {
      if (!event.data || !this.acts.length) return;
      if (this.selecting && !event.node.isSelected()) { this.api.deselectAll(); event.node.setSelected(true); }
      const box = event.event.target.getBoundingClientRect?.() ?? { left: 0, bottom: 0 };
      const x = event.event.clientX || box.left + 20, y = event.event.clientY || box.bottom;
      const back = () => this.api?.setFocusedCell(this.api.getRowNode(event.data.id)?.rowIndex ?? event.rowIndex, event.column); // it may have moved
      this.menu = { x: Math.min(x, innerWidth - 240), y: Math.min(y, innerHeight - 40 - 33 * this.acts.length), data: event.data, back };
    },
    run(act) { const data = this.menu.data; this.menu = null; this.$emit("act", { act: act.name, id: data.id, data }); },
    keep(event) {
      this.look();
      if (!this.api || ["sizeColumnsToFit", "flex", "gridInitializing", "gridOptionsChanged"].includes(event.source)) return;
      const { columnOrder, columnSizing, columnVisibility, sort } = this.api.getState();
      this.$emit("kept", { columnOrder, columnSizing, columnVisibility, sort });
    },
    // The user's own fields are columns, too: they come and go, and get other names, while the screen stands.
    widen() {
      const now = JSON.stringify(this.columns);
      if (now === JSON.stringify(this.plain.columns)) return;
      this.plain.columns = JSON.parse(now);
      this.seat.as = this.made_as();
      this.api.setGridOption("columnDefs", this.plain.columns.map(cell));
      this.heed();
      this.look();
    },
    look() { for (const column of this.columns) this.seen[column.name] = this.api?.getColumn(column.name)?.isVisible(); },
    toggle(name, visible) {
      this.api.setColumnsVisible([name], visible);
      if (visible) this.api.ensureColumnVisible(name); // it may stand where nobody looks
      this.keep({});
    },
    reset() { this.api.resetColumnState(); this.choosing = 0; this.look(); },
    choose() { this.choosing = this.choosing ? 0 : this.$el.getBoundingClientRect().top + 4; },
    // The rows of the filters that the search has just set: their news may still be on its way. Where there are none, the words are mended.
    async focus_first(query) {
      await this.follow(query);
      if (this.gone) return;
      if (this.empty) return document.querySelector("[data-search-here]")?.focus();
      this.api.setFocusedCell(this.api.getFocusedCell()?.rowIndex ?? 0, this.api.getAllDisplayedColumns()[0]);
    },
    unselect() { this.api.deselectAll(); },
    // Rows that have left the list are not seen any more: nothing is done with them.
    select_only(ids) { for (const node of this.api.getSelectedNodes()) if (!ids.includes(node.id)) node.setSelected(false); },
  },
};
