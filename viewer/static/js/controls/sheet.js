// On phones the sidebar is a sheet at the bottom: low, half or tall. It is dragged by its grip or stepped by
// pressing it; on wide screens the style sheet shows it as a column and none of this matters.

const HEIGHTS = ['low', 'half', 'tall'];
const DRAG_PIXELS = 8;

export class Sheet {
  constructor({ workspace, sidebar, grip }) {
    Object.assign(this, { workspace, sidebar, grip });
    this._dragged = false;
    this.set('low');
    grip.addEventListener('click', () => this._step());
    grip.addEventListener('pointerdown', (event) => this._startDrag(event));
    // Who goes there by keyboard must see where.
    sidebar.addEventListener('focusin', ({ target }) => {
      if (target !== grip && target.matches(':focus-visible')) this.open();
    });
  }

  set(height) {
    this.workspace.dataset.sheet = height;
    this.sidebar.style.blockSize = '';
    this.grip.setAttribute('aria-expanded', String(height !== 'low'));
  }

  /** At least half, so that what was asked for can be read. */
  open() {
    if (this.workspace.dataset.sheet === 'low') this.set('half');
  }

  _step() {
    if (this._dragged) return;
    const now = HEIGHTS.indexOf(this.workspace.dataset.sheet);
    this.set(HEIGHTS[(now + 1) % HEIGHTS.length]);
  }

  _startDrag({ pointerId, clientY }) {
    const from = this.sidebar.getBoundingClientRect().height;
    this._dragged = false;
    this.grip.setPointerCapture(pointerId);
    const move = (event) => {
      const up = clientY - event.clientY;
      if (Math.abs(up) > DRAG_PIXELS) this._dragged = true;
      if (this._dragged) this.sidebar.style.blockSize = `${from + up}px`;
    };
    const end = () => {
      this.grip.removeEventListener('pointermove', move);
      if (this._dragged) this.set(this._nearest());
    };
    this.grip.addEventListener('pointermove', move);
    this.grip.addEventListener('pointerup', end, { once: true });
    this.grip.addEventListener('pointercancel', end, { once: true });
  }

  _nearest() {
    const share = this.sidebar.getBoundingClientRect().height / this.workspace.getBoundingClientRect().height;
    if (share < 0.3) return 'low';
    return share < 0.68 ? 'half' : 'tall';
  }
}
