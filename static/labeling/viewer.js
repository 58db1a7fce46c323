// The image in view: as large as fits, crisp where it is small, zoomed, inverted, dragged, swiped.
// Knows nothing of queries.

const ZOOM_STEP = 1.5;
const MOST_ZOOM = 12;
/** From this factor on, pixels are drawn as squares. */
const CRISP = 2;
const SWIPE_PX = 72;

export class Viewer {
  #stage;
  #frame;
  #image = null;
  #zoom = 1;
  #offset = { x: 0, y: 0 };
  #inverted = false;
  #contrasted = false;
  #pointer = null;
  #swipe;
  #word;

  /** `swipe(direction)` returns what a swipe would answer as {name, act}, or null. */
  constructor(stage, frame, word, swipe) {
    this.#stage = stage;
    this.#frame = frame;
    this.#word = word;
    this.#swipe = swipe;
    new ResizeObserver(() => this.#fit()).observe(stage);
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", () => this.#letGo());
    stage.addEventListener("dblclick", (event) => !event.target.closest("button") && this.#setZoom(this.#zoom > 1 ? 1 : 3));
  }

  /** Swaps a decoded image in, in this very frame. */
  show(image) {
    this.#image = image;
    this.#zoom = 1;
    this.#offset = { x: 0, y: 0 };
    this.#letGo();
    this.#fit();
    this.#filter();
    this.#frame.replaceChildren(image);
    this.#stage.dataset.state = "shown";
  }

  clear() {
    this.#image = null;
    this.#frame.replaceChildren();
    this.#stage.dataset.state = "empty";
  }

  zoomIn() {
    this.#setZoom(this.#zoom * ZOOM_STEP);
  }

  zoomOut() {
    this.#setZoom(this.#zoom / ZOOM_STEP);
  }

  reset() {
    this.#setZoom(1);
  }

  /** Inversion and contrast stay on from image to image. Both return whether they are on now. */
  invert() {
    this.#inverted = !this.#inverted;
    this.#filter();
    return this.#inverted;
  }

  contrast() {
    this.#contrasted = !this.#contrasted;
    this.#filter();
    return this.#contrasted;
  }

  #filter() {
    const filters = [this.#contrasted && "contrast(2)", this.#inverted && "invert(1)"].filter(Boolean);
    if (this.#image) this.#image.style.filter = filters.join(" ");
  }

  #fit() {
    const image = this.#image;
    if (!image) return;
    const { clientWidth, clientHeight } = this.#stage;
    const ratio = devicePixelRatio || 1;
    let scale = Math.min(clientWidth / image.naturalWidth, clientHeight / image.naturalHeight);
    // Whole device pixels per image pixel keep all of them the same size.
    if (scale >= 2 * CRISP) scale = Math.floor(scale * ratio) / ratio;
    image.classList.toggle("crisp", scale * this.#zoom >= CRISP);
    image.style.width = `${image.naturalWidth * scale}px`;
    image.style.height = `${image.naturalHeight * scale}px`;
    this.#place();
  }

  #place() {
    if (!this.#image) return;
    const { x, y } = this.#offset;
    this.#image.style.transform = this.#zoom === 1 && !x && !y ? "" : `translate(${x}px, ${y}px) scale(${this.#zoom})`;
  }

  #setZoom(zoom) {
    this.#zoom = Math.min(MOST_ZOOM, Math.max(1, zoom));
    if (this.#zoom < 1.01) this.#zoom = 1;
    if (this.#zoom === 1) this.#offset = { x: 0, y: 0 };
    this.#stage.toggleAttribute("data-zoomed", this.#zoom > 1);
    this.#fit();
  }

  #down(event) {
    if (!this.#image || event.button || event.target.closest("button")) return;
    if (this.#zoom === 1 && event.pointerType === "mouse") return;
    this.#pointer = { id: event.pointerId, x: event.clientX, y: event.clientY, from: { ...this.#offset } };
    this.#stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (event.pointerId !== this.#pointer?.id) return;
    const x = event.clientX - this.#pointer.x;
    const y = event.clientY - this.#pointer.y;
    if (this.#zoom > 1) {
      this.#offset = { x: this.#pointer.from.x + x, y: this.#pointer.from.y + y };
      this.#place();
      return;
    }
    const swipe = this.#meaning(x, y);
    this.#word.hidden = !swipe;
    if (swipe) this.#word.textContent = swipe.name;
    this.#image.style.transform = `translate(${x}px, ${Math.max(0, y)}px)`;
  }

  #up(event) {
    if (event.pointerId !== this.#pointer?.id) return;
    const swipe = this.#zoom === 1 && this.#meaning(event.clientX - this.#pointer.x, event.clientY - this.#pointer.y);
    this.#letGo();
    if (swipe) swipe.act();
  }

  #letGo() {
    this.#pointer = null;
    this.#word.hidden = true;
    this.#place();
  }

  #meaning(x, y) {
    if (Math.abs(x) > Math.abs(y)) return Math.abs(x) < SWIPE_PX ? null : this.#swipe(x < 0 ? "left" : "right");
    return y < SWIPE_PX ? null : this.#swipe("down");
  }
}
