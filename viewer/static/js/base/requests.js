// Questions to our own server. A newer question of one kind aborts the older one.

// Not in the published data: never was, no longer is, or was withdrawn.
const GONE = [404, 410];

/** The answer to a question. Throws when there is none, whatever the reason. */
export async function fetchJson(address, { signal } = {}) {
  const response = await fetch(address, { signal, headers: { Accept: 'application/json, application/geo+json' } });
  if (!response.ok) throw Object.assign(new Error(`${address}: status ${response.status}`), { status: response.status });
  return response.json();
}

/** As `fetchJson`; null when there is no such thing, or no longer. */
export async function fetchIfThere(address, options) {
  try {
    return await fetchJson(address, options);
  } catch (problem) {
    if (GONE.includes(problem.status)) return null;
    throw problem;
  }
}

/** Runs one question at a time: `ask` aborts the one before, whose answer is then never seen. */
export class LatestQuestion {
  constructor() {
    this._controller = null;
  }

  /** The answer of `question(signal)`, or null when a newer question came in between. */
  async ask(question) {
    this.drop();
    const controller = new AbortController();
    this._controller = controller;
    try {
      const answer = await question(controller.signal);
      return controller.signal.aborted ? null : answer;
    } catch (problem) {
      if (controller.signal.aborted) return null;
      throw problem;
    }
  }

  drop() {
    this._controller?.abort();
    this._controller = null;
  }
}
