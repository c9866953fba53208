import { expect } from 'chai';
import { Exposition, formOf } from '../../../../src/adapters/metrics/exposition.js';
import { METRICS } from '../../../../src/adapters/metrics/metric-table.js';
import { STATUS } from '../../../support/server-statuses.js';

describe('formOf', () => {
  const forms: [accept: string | undefined, form: string][] = [
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html', 'prometheus'],
    ['text/plain', 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/openmetrics-text; q=0.2, text/plain; q=0.9', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['Application/OpenMetrics-Text', 'openmetrics'],
    ['application/openmetrics-text;q=much', 'prometheus'],
  ];
  for (const [accept, form] of forms) {
    it(`takes ${accept} for ${form}`, () => {
      expect(formOf(accept)).to.equal(form);
    });
  }
});

describe('Exposition', () => {
  const textIn = (form: 'prometheus' | 'openmetrics', status = STATUS) =>
    new Exposition(form, () => status).text();

  it('tells counters, gauges with labels and histograms in the form of Prometheus', async () => {
    const lines = (await textIn('prometheus')).split('\n');
    expect(lines).to.include.members([
      '# HELP chatty_messages_total Messages that were recorded.',
      '# TYPE chatty_messages_total counter',
      'chatty_messages_total 1000',
      'chatty_connections{encryption="tls"} 1200',
      'chatty_transport_connections{transport="ssh"} 29',
      'chatty_limits_reached_total{limit="message-rate"} 9',
      '# TYPE chatty_history_write_seconds histogram',
      'chatty_history_write_seconds_bucket{le="0.001"} 98',
      'chatty_history_write_seconds_bucket{le="0.01"} 99',
      'chatty_history_write_seconds_bucket{le="+Inf"} 100',
      'chatty_history_write_seconds_sum 0.123',
      'chatty_history_write_seconds_count 100',
    ]);
  });

  it('tells the same as OpenMetrics, where a counter is named without its end', async () => {
    const text = await textIn('openmetrics');
    expect(text).to.include('# TYPE chatty_messages counter\nchatty_messages_total 1000\n');
    expect(text).to.match(/\n# EOF\n$/);
    expect(text).not.to.include('_total_total');
  });

  it('says the same each time it is asked', async () => {
    const exposition = new Exposition('openmetrics', () => STATUS);
    expect(await exposition.text()).to.equal(await exposition.text());
  });

  it('reads all of one text at one moment', async () => {
    let reads = 0;
    const exposition = new Exposition('prometheus', () => {
      reads++;
      return STATUS;
    });
    await exposition.text();
    await exposition.text();
    expect(reads).to.equal(2);
  });

  it('leaves out what the system does not say', async () => {
    const { openFiles: _, openFilesLimit: __, ...program } = STATUS.program;
    const text = await textIn('prometheus', { ...STATUS, program });
    expect(text).not.to.match(/^chatty_process_open_files/m);
    expect(text).to.include('# TYPE chatty_process_open_files gauge');
  });

  it('knows a history that cannot be written from a server that stops', async () => {
    const full = await textIn('prometheus', { ...STATUS, objection: 'DISK_FULL' });
    expect(full)
      .to.match(/^chatty_history_writable 0$/m)
      .and.match(/^chatty_ready 0$/m);
    const stopping = await textIn('prometheus', { ...STATUS, stage: 'STOPPING', objection: 'STOPPING' });
    expect(stopping)
      .to.match(/^chatty_history_writable 1$/m)
      .and.match(/^chatty_ready 0$/m);
  });

  it('says of each metric in a sentence what it is, names its unit, and ends counters as they should', () => {
    for (const { name, help, type } of METRICS) {
      expect(help, name).to.match(/^[A-Z0-9].{8,}\.$/);
      expect(name.endsWith('_total'), name).to.equal(type === 'counter');
      expect(name).to.match(/^chatty_[a-z_]+$/);
      if (/_bytes|_seconds/.test(name)) expect(help, name).to.match(/[Bb]ytes|[Ss]econds/);
    }
    expect(new Set(METRICS.map(({ name }) => name)).size).to.equal(METRICS.length);
  });
});
