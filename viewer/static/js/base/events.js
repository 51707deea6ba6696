// An object that tells others what happened to it, without knowing them.

export class Emitter extends EventTarget {
  emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Call `listener` with the detail of each event; answers a function that stops it. */
  on(name, listener) {
    const heard = (event) => listener(event.detail);
    this.addEventListener(name, heard);
    return () => this.removeEventListener(name, heard);
  }
}

/** At most one call per drawn frame, with the newest arguments. */
export function oncePerFrame(action) {
  let waiting = null;
  return (...values) => {
    if (waiting === null) requestAnimationFrame(() => { const last = waiting; waiting = null; action(...last); });
    waiting = values;
  };
}

/** One call after `milliseconds` without another. */
export function afterPause(action, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
