// While a tool takes clicks, a double click does not zoom; neither does the one that finished the tool's work, whose
// second half arrives when the tool has already left.

const DOUBLE_CLICK_MILLISECONDS = 500;

/** For each map how many hold its double clicks, and whether they zoomed before. */
const held = new WeakMap();

/** Keep double clicks from zooming; the answered function lets them zoom again, a moment later. */
export function holdDoubleClick(map) {
  const { count, zoomed } = held.get(map) ?? { count: 0, zoomed: map.doubleClickZoom.enabled() };
  held.set(map, { count: count + 1, zoomed });
  map.doubleClickZoom.disable();
  return () => setTimeout(() => release(map), DOUBLE_CLICK_MILLISECONDS);
}

function release(map) {
  const { count, zoomed } = held.get(map);
  if (count > 1) {
    held.set(map, { count: count - 1, zoomed });
    return;
  }
  held.delete(map);
  if (zoomed) map.doubleClickZoom.enable();
}
