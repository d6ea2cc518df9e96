// The search everywhere: clients, orders, documents, products. Ctrl+K from anywhere.
export default {
  template: `
    <div class="seek" role="search">
      <q-icon name="search"></q-icon>
      <input ref="input" type="search" data-search-everywhere role="combobox" :aria-expanded="open" :aria-controls="open ? 'seek-list' : null"
        :aria-activedescendant="open && hits.length ? 'seek-' + at : null" autocomplete="off" spellcheck="false" placeholder="Найти клиента, заказ, счёт, товар"
        aria-label="Поиск везде" v-model="query" @input="ask" @focus="ask" @keydown="key" @blur="leave">
      <span class="keys" v-if="!query"><kbd>Ctrl K</kbd></span>
      <div v-if="open" ref="list" id="seek-list" class="list" role="listbox" aria-label="Найденное" @mousedown.prevent>
        <template v-for="(hit, i) in hits" :key="hit.href + hit.title">
          <div class="group" v-if="i === 0 || hits[i - 1].group !== hit.group">{{ hit.group }}</div>
          <a class="option" role="option" :id="'seek-' + i" :href="hit.href" :class="{ at: i === at }" :aria-selected="i === at" @mousemove="at = i" @click="close"><span class="title">{{ hit.title }}</span><span class="note">{{ hit.note }}</span></a>
        </template>
        <div v-if="!hits.length" class="nothing">Ничего не найдено</div>
      </div>
    </div>`,
  data() {
    return { query: "", hits: [], open: false, at: 0, turn: 0, answers: "", awaited: false };
  },
  methods: {
    async ask() {
      const turn = ++this.turn, query = this.query;
      this.awaited = false;
      if (!this.query.trim()) return (this.open = false);
      const hits = await this.found("/api/search?q=" + encodeURIComponent(this.query));
      if (turn !== this.turn || !hits) return;
      this.hits = hits;
      this.at = 0;
      this.answers = query;
      this.open = true;
      if (this.awaited) this.$nextTick(this.take);
    },
    // Enter opens a hit of what stands there; a quick hand waits for it instead of opening one of the hits before.
    take() {
      this.awaited = !this.open || this.answers !== this.query; // the same words may have been answered the last time
      if (!this.awaited) this.$refs.list?.querySelectorAll("a")[this.at]?.click();
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
      } else if (event.key === "Enter" && this.query.trim()) {
        this.take();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      }
    },
    leave() { this.open = this.awaited = false; this.turn++; }, // an answer that comes later opens nothing
    close() { this.query = ""; this.leave(); this.$refs.input.blur(); },
  },
};
