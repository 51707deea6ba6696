// Says things to people who do not see them happen: one polite live region for the whole page.

export class Announcer {
  constructor(region) {
    this._region = region;
  }

  say(text) {
    this._region.textContent = '';
    requestAnimationFrame(() => { this._region.textContent = text; });
  }
}
