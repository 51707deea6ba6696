// Types of the messages between an embedded Prostor map and the page around it, version 1, and of <prostor-map>.
// The schema beside this file, messages.schema.json, says the same with lengths and limits.

export interface Message<Type extends string, Payload> {
  prostor: 1;
  type: Type;
  /** Comes back with the answer, `ack` or `error`. */
  id?: string;
  payload: Payload;
}

export type Nothing = Record<string, never>;

/** Degrees in WGS 84; `mpp` is metres of ground for one CSS pixel. */
export interface View { lon: number; lat: number; mpp: number }
export interface Place { lon: number; lat: number; mpp?: number }
/** west, south, east, north in degrees. */
export interface Box { bbox: [number, number, number, number] }

export type Received =
  | Message<'hello', Nothing>
  | Message<'set-view', Place | Box>
  | Message<'select-parcel', { id: string | null }>
  | Message<'set-theme', { theme: string }>
  | Message<'set-layers', { on?: string[]; off?: string[] }>
  | Message<'set-language', { language: string }>;

export interface Capabilities {
  release: string;
  receives: string[];
  sends: string[];
  language: string;
  languages: string[];
  theme: string;
  themes: { id: string; title: string }[];
  layers: { id: string; title: string; visible: boolean }[];
}

export interface SelectedParcel { id: string | null; title: string; link: string }
export interface Problem { code: 'malformed' | 'unknown' | 'unavailable'; message: string }

export type Sent =
  | Message<'ready', Capabilities>
  | Message<'ack', Nothing>
  | Message<'error', Problem>
  | Message<'view-changed', View & { link: string }>
  | Message<'parcel-selected', SelectedParcel>
  | Message<'resize', { height: number }>;

export interface ProstorMapElement extends HTMLElement {
  readonly portal: URL;
  readonly view: (View & { link: string }) | null;
  readonly parcel: SelectedParcel | null;
  readonly capabilities: Capabilities | null;
  setView(view: Place | Box): Promise<void>;
  selectParcel(id: string | null): Promise<void>;
  setTheme(theme: string): Promise<void>;
  setLayers(layers: { on?: string[]; off?: string[] }): Promise<void>;
  setLanguage(language: string): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap { 'prostor-map': ProstorMapElement }
  interface HTMLElementEventMap {
    'prostor-ready': CustomEvent<Capabilities>;
    'prostor-view': CustomEvent<View & { link: string }>;
    'prostor-parcel': CustomEvent<SelectedParcel>;
    'prostor-error': CustomEvent<{ code: string; message: string }>;
  }
}
