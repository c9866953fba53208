import { expect } from 'chai';
import { decodeStatus, encodeStatus } from '../../../../src/adapters/control/status-form.js';
import { STATUS } from '../../../support/server-statuses.js';

describe('decodeStatus', () => {
  it('reads what was written', () => {
    const line = encodeStatus(STATUS);
    expect(line.indexOf('\n')).to.equal(line.length - 1);
    expect(decodeStatus(Buffer.from(line.trim()))).to.deep.equal(STATUS);
  });

  it('takes the answer of another version for none', () => {
    const { history: _, ...older } = STATUS;
    for (const answer of ['', 'x', 'null', '{}', '{"Status":1}', JSON.stringify({ Status: older })])
      expect(decodeStatus(Buffer.from(answer)), answer).to.equal(undefined);
    expect(decodeStatus(Buffer.from('{"Closing":{"code":"UNKNOWN_COMMAND"}}'))).to.equal(undefined);
  });
});
