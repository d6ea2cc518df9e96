// The search everywhere: clients, orders, products. Ctrl+K from anywhere.
export default {
  template: `
    <div class="seek" role="search">
      <q-icon name="search"></q-icon>
      <input ref="input" type="search" data-search-everywhere role="combobox" :aria-expanded="open" autocomplete="off" spellcheck="false" placeholder="Найти клиента, заказ, товар"
        aria-label="Поиск везде" v-model="query" @input="ask" @focus="open = !!query" @keydown="key" @blur="open = false">
      <span class="keys" v-if="!query"><kbd>Ctrl K</kbd></span>
      <div v-if="open" ref="list" class="list" role="listbox" @mousedown.prevent>
        <template v-for="(hit, i) in hits" :key="hit.href">
          <div class="group" v-if="i === 0 || hits[i - 1].group !== hit.group">{{ hit.group }}</div>
          <a class="option" role="option" :href="hit.href" :class="{ at: i === at }" :aria-selected="i === at" @mousemove="at = i" @click="close"><span class="title">{{ hit.title }}</span><span class="note">{{ hit.note }}</span></a>
        </template>
        <div v-if="!hits.length" class="nothing">Ничего не найдено</div>
      </div>
    </div>`,
  data() {
    return { query: "", hits: [], open: false, at: 0, turn: 0 };
  },
  methods: {
    async ask() {
      const turn = ++this.turn;
      if (!this.query.trim()) return (this.open = false);
      const hits = await this.found("/api/search?q=" + encodeURIComponent(this.query));
      if (turn !== this.turn || !hits) return;
      this.hits = hits;
      this.at = 0;
      this.open = true;
    },
    // A program that does not answer is told of by the frame; the search waits for the next letter.
    async found(url) {
      try {
        const answer = await fetch(url);
        return answer.ok ? await answer.json() : null;
      } catch { return null; }
    },
    key(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.at = Math.min(this.hits.length - 1, Math.max(0, this.at + (event.key === "ArrowDown" ? 1 : -1)));
        this.$nextTick(() => this.$refs.list?.querySelector(".at")?.scrollIntoView({ block: "nearest" }));
      } else if (event.key === "Enter" && this.open && this.hits[this.at]) {
        this.$refs.list.querySelectorAll("a")[this.at].click();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      }
    },
    close() { this.open = false; this.query = ""; this.turn++; this.$refs.input.blur(); },
  },
};
