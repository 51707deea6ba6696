// Who is to be credited for what is on the map now: each name once.

export function showAttribution(line, { state, configuration }) {
  const show = () => {
    const { layers, baseMaps } = configuration;
    const shown = state.layerStates().filter(({ id, visible }) => visible && layers[id].available);
    const base = baseMaps.find((each) => each.id === state.baseId);
    const names = [...new Set([...shown.map(({ id }) => layers[id].attribution), ...(base ? [base.attribution] : [])])];
    line.textContent = names.join(' · ');
    line.title = line.textContent;
  };
  for (const name of ['theme', 'layers', 'ground', 'restored']) state.on(name, show);
  show();
}
