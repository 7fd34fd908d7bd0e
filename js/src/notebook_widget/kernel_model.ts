/** The model of a widget, as ipywidgets and anywidget have it, and its requests and traits. */
import type { Primed } from '../registry/primed';
import type { CommTexts } from '../transport/comm';
import { CommTransport } from '../transport/comm';
import { unpack } from '../transport/memory_response';
import type { Trans } from '../view/translator';

// Plain JSON: the types of ipywidgets accept no interfaces.
type Message = Record<string, string | number | null | Record<string, string>>;
type Listener = (content: unknown, buffers: DataView[]) => void;

/** Compressed replies by path: status, headers and body. */
type Packed = Record<string, [number, Record<string, string>, DataView]>;

/** The methods that the models of ipywidgets and anywidget share. */
export interface KernelModel {
  /** The connection of a model of ipywidgets. */
  readonly comm?: unknown;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: Message): void;
  on(event: string, listener: Listener): void;
  off(event: string, listener: Listener): void;
}

/** A view in a page. */
export interface MountedView {
  dispose(): void;
}

/** Return the replies that came with the model. */
export async function primedOf(model: KernelModel): Promise<Primed> {
  const decoder = new TextDecoder();
  const entries = Object.entries(model.get('_primed') as Packed).map(
    async ([path, [status, headers, body]]): Promise<[string, Primed[string]]> => [
      path,
      [status, headers, decoder.decode(await unpack(body))]
    ]
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Return a transport that sends requests as messages of the model. */
export function commTransport(model: KernelModel, trans: Trans): CommTransport {
  const channel = {
    send: (content: Message) => model.send(content),
    ready: subshellOf(model),
    listen: (slot: Listener) => {
      model.on('msg:custom', slot);
      return () => model.off('msg:custom', slot);
    }
  };
  return new CommTransport(channel, textsIn(trans));
}

/** JupyterLab starts the thread that answers beside the cells after it has opened the model. */
function subshellOf(model: KernelModel): Promise<void> | undefined {
  const comm = model.comm as
    { readonly jsServicesComm?: { readonly subshellStarted?: Promise<void> } } | undefined;
  return comm?.jsServicesComm?.subshellStarted;
}

/** Send changes by the user to Python. */
export function saveTraits<S extends object>(
  model: KernelModel,
  names: readonly (keyof S & string)[],
  patch: Partial<S>
): void {
  const changed = names.filter(name => name in patch);
  for (const name of changed) {
    model.set(name, patch[name]);
  }
  if (changed.length > 0) {
    model.save_changes();
  }
}

/** Apply changes by Python, and by other views of the model; return the function that stops it. */
export function followTraits<S extends object>(
  model: KernelModel,
  names: readonly (keyof S & string)[],
  store: { readonly state: S; receive(patch: Partial<S>): void }
): () => void {
  const listeners = names.map(name => {
    const listener = () => {
      const value = model.get(name);
      // The change of this view comes back from the model.
      if (!isEqual(value, store.state[name])) {
        store.receive({ [name]: value } as Partial<S>);
      }
    };
    model.on(`change:${name}`, listener);
    return [`change:${name}`, listener] as const;
  });
  return () => listeners.forEach(([event, listener]) => model.off(event, listener));
}

/** Return the values of traits. */
export function traitsOf<S extends object>(
  model: KernelModel,
  names: readonly (keyof S & string)[]
): Partial<S> {
  return Object.fromEntries(names.map(name => [name, model.get(name)])) as Partial<S>;
}

function textsIn(trans: Trans): CommTexts {
  return {
    timeout: trans.__('The kernel did not reply within a minute.'),
    timeoutOfChange: trans.__(
      'The kernel did not reply within a minute. It can still make the change later.'
    ),
    hint: trans.__('Wait until the running cells are done, then refresh.'),
    unreadable: trans.__('This page cannot read the reply of the kernel.'),
    hintOfUnreadable: trans.__('Reload the page, restart the kernel and run the cell again.'),
    closed: trans.__('The kernel of this output has ended.'),
    hintOfClosed: trans.__('Run the cell again.')
  };
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
