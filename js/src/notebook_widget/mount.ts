/**
 * Connects a view with the model of a widget: requests by messages, and its state by traits.
 *
 * The model is the one of ipywidgets or of anywidget, which have the same methods.
 */
import type { Primed } from '../registry/primed';
import type { Store, ViewState } from '../registry/store';
import type { Channel, CommTexts } from '../transport/comm';
import { CommTransport, unpack } from '../transport/comm';
import { RegistryView } from '../view/registry_view';
import type { Trans } from '../view/translator';
import { notebookHost } from './notebook_host';

/** The id of the only registry that the kernel of a panel answers for. */
const THIS = 'this';
const STATE = [
  'query',
  'view',
  'model_name',
  'order_by',
  'page',
  'columns',
  'show_deleted',
  'fold_children',
  'selected'
] as const;

type Name = (typeof STATE)[number];

// Plain JSON: the types of ipywidgets accept no interfaces.
type Message = Record<string, string | number | null | Record<string, string>>;
type Listener = (content: unknown, buffers: DataView[]) => void;

/** Compressed replies by path: status, headers and body. */
type Packed = Record<string, [number, Record<string, string>, DataView]>;

/** The methods that the models of ipywidgets and anywidget share. */
export interface KernelModel {
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

/** Show the view of a model in an element. */
export function mount(element: HTMLElement, model: KernelModel, trans: Trans): MountedView {
  let view: MountedView | null = null;
  let isDisposed = false;
  void unpackPrimed(model.get('_primed') as Packed).then(primed => {
    view = isDisposed ? null : start(element, model, trans, primed);
  });
  return {
    dispose: () => {
      isDisposed = true;
      view?.dispose();
    }
  };
}

async function unpackPrimed(packed: Packed): Promise<Primed> {
  const decoder = new TextDecoder();
  const entries = Object.entries(packed).map(
    async ([path, [status, headers, body]]): Promise<[string, Primed[string]]> => [
      path,
      [status, headers, decoder.decode(await unpack(body))]
    ]
  );
  return Object.fromEntries(await Promise.all(entries));
}

function start(
  element: HTMLElement,
  model: KernelModel,
  trans: Trans,
  primed: Primed
): MountedView {
  const transport = new CommTransport(channelOf(model), textsIn(trans));
  const view = new RegistryView(transport.request, notebookHost(trans), {
    state: stateOf(model),
    fixedRegistry: THIS,
    primed,
    pageSize: model.get('_page_size') as number
  });
  const { store } = view;
  transport.onChanged = () => void store.refresh();
  const disconnect = store.stateChanged.connect(patch => saveState(model, patch));
  const stopFollowing = followState(model, store);
  element.append(view.node);
  return {
    dispose: () => {
      disconnect();
      stopFollowing();
      view.dispose();
      transport.dispose();
    }
  };
}

/** Send changes by the user to Python. */
function saveState(model: KernelModel, patch: Partial<ViewState>): void {
  const names = STATE.filter(name => name in patch);
  for (const name of names) {
    model.set(name, patch[name]);
  }
  if (names.length > 0) {
    model.save_changes();
  }
}

/** Apply changes by Python, and by other views of the model. */
function followState(model: KernelModel, store: Store): () => void {
  const listeners = STATE.map(name => {
    const listener = () => {
      const value = model.get(name);
      // The change of this view comes back from the model.
      if (!isEqual(value, store.state[name])) {
        store.receive({ [name]: value });
      }
    };
    model.on(`change:${name}`, listener);
    return [`change:${name}`, listener] as const;
  });
  return () => listeners.forEach(([event, listener]) => model.off(event, listener));
}

function textsIn(trans: Trans): CommTexts {
  return {
    timeout: trans.__('The kernel did not reply within a minute.'),
    timeoutOfChange: trans.__(
      'The kernel did not reply within a minute. It can still make the change later.'
    ),
    hint: trans.__('Wait until the running cells are done, then refresh.')
  };
}

function stateOf(model: KernelModel): Partial<ViewState> {
  const state: Partial<Record<Name, unknown>> = {};
  for (const name of STATE) {
    state[name] = model.get(name);
  }
  return { ...state, registry: THIS } as Partial<ViewState>;
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function channelOf(model: KernelModel): Channel {
  return {
    send: content => model.send(content),
    listen: slot => {
      model.on('msg:custom', slot);
      return () => model.off('msg:custom', slot);
    }
  };
}
