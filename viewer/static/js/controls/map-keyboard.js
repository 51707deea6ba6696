// The map for those who do not use a pointer: what it is called; Return asks about its middle, or selects the parcel
// there, Escape closes the answer.

// Browsers show a focus ring also after a press of the pointer, because Leaflet moves the focus by program.
const REACHED = 'is-reached-by-keyboard';

export function nameMap(container, wording) {
  container.setAttribute('role', 'application');
  container.setAttribute('aria-label', wording.say('map.name'));
  container.setAttribute('aria-description', wording.say('map.keys'));
  container.addEventListener('pointerdown', () => container.classList.remove(REACHED));
  container.addEventListener('keyup', () => container.classList.add(REACHED));
}

export function askByKeyboard(container, { map, state, panel, selecting }) {
  container.addEventListener('keydown', (event) => {
    if (event.target !== container) return;
    if (event.key === 'Escape' && state.selection) panel.close();
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const { lon, lat } = map.readView();
    if (selecting.takesClicks || event.shiftKey) {
      selecting.take({ lon, lat });
      return;
    }
    state.select({ point: { lon, lat }, layer: null, id: null });
    panel.focus();
  });
}
