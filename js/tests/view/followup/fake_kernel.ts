/** A kernel that answers the candidates panel for sixty signals. */
import type { Transport } from '../../../src/transport/transport';
import type { CandidatesState } from '../../../src/view/followup/types';

const TOTAL = 60;
const SIZE = 25;

export const STATE: CandidatesState = {
  threshold: 0.9,
  selected: '',
  sort_by: 'calibrated_probability',
  descending: true,
  page: 0
};

export function signalName(index: number): string {
  return `K${String(index).padStart(5, '0')}.01`;
}

export class FakeKernel {
  readonly paths: string[] = [];
  readonly bodies: unknown[] = [];
  /** Names of the signals. */
  nameOf = signalName;
  /** Names of the files that exist. */
  files: string[] = [];
  fails = false;
  /** Requests wait for this. */
  busy: Promise<void> = Promise.resolve();

  readonly transport: Transport = async (path, init) => {
    this.paths.push(path);
    if (typeof init.body === 'string') {
      this.bodies.push(JSON.parse(init.body));
    }
    const { pathname, searchParams: query } = new URL(path, 'http://kernel');
    await this.busy;
    if (this.fails) {
      return reply(500, { message: 'The request failed.', reason: 'failed', hint: null });
    }
    switch (pathname) {
      case '/candidates':
        return reply(200, this.list(query));
      case '/candidates/signal':
        return this.signal(query);
      case '/candidates/export':
        return reply(
          200,
          this.exported(this.bodies[this.bodies.length - 1] as Record<string, unknown>)
        );
    }
    const headers = { 'Content-Type': 'image/png', 'X-Caption': 'Radius%20and%20period' };
    return new Response('png', { headers });
  };

  private list(query: URLSearchParams): object {
    const threshold = Number(query.get('threshold'));
    const total = Math.max(0, Math.min(TOTAL, Math.round((1 - threshold) * 100)));
    const first = Number(query.get('page')) * SIZE;
    const names = Array.from({ length: total }, (_, index) => this.nameOf(index));
    const sort = query.get('sort_by');
    const sorted = query.get('descending') === 'true' ? 'descending' : 'ascending';
    const columns = [
      { name: 'signal', title: 'signal', align: 'left' },
      { name: 'calibrated_probability', title: 'P(planet)', align: 'right' },
      { name: 'koi_period', title: 'period, days', align: 'right' }
    ];
    return {
      caveat: 'A ranking for follow-up, not a discovery.',
      headline: `${total} of 60 candidates flagged.`,
      lines: ['Precision 1.000.'],
      source: 'Scored by toy:1.',
      range: { min: 0, max: 1, step: 0.005 },
      start: { value: 0.9, text: '0.9' },
      columns: columns.map(one => ({ ...one, sorted: one.name === sort ? sorted : null })),
      rows: names
        .slice(first, first + SIZE)
        .map(name => ({ name, cells: ['0.990', `${names.length}.0`] })),
      total,
      page: first / SIZE,
      page_size: SIZE,
      figures: [
        { kind: 'precision', title: 'Precision and recall' },
        { kind: 'period_radius', title: 'Period and radius' }
      ]
    };
  }

  private signal(query: URLSearchParams): Promise<Response> {
    const name = query.get('name') ?? '';
    const index = Array.from({ length: TOTAL }, (_, place) => this.nameOf(place)).indexOf(name);
    if (index < 0) {
      const message = `'${name}' is not one of the 60 candidates.`;
      return reply(404, { message, reason: 'not_found', hint: null });
    }
    return reply(200, {
      name,
      state: 'flagged',
      lines: ['Probability of a planet: 0.990.'],
      signals: [name],
      values: [{ quantity: 'Orbital Period, days', column: 'koi_period', texts: ['57.00'] }],
      archive: name.startsWith('K') ? 'https://archive.example/KOI-3' : null
    });
  }

  private exported({ path, replace }: Record<string, unknown>): object {
    if (this.files.includes(String(path)) && replace !== true) {
      return { written: false, message: `${String(path)} already exists.`, code: null };
    }
    return { written: true, message: 'Exported 10 candidates.', code: 'export_followup()' };
  }
}

function reply(status: number, content: object): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return Promise.resolve(new Response(JSON.stringify(content), { status, headers }));
}
