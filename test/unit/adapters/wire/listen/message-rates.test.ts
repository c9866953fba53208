import { expect } from 'chai';
import sinon from 'sinon';
import { MessageRates } from '../../../../../src/adapters/wire/listen/message-rates.js';

describe('MessageRates', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => clock.restore());

  it('let everybody say a few at once, and then so many a second', () => {
    const rates = new MessageRates({ messageRate: 10, messageBurst: 50 });
    expect(rates.said(1, 50)).to.equal(0);
    expect(rates.said(1, 1)).to.equal(100);
    clock.tick(100);
    expect(rates.said(1, 2)).to.equal(200);
    expect(rates.said(2, 50)).to.equal(0);
    clock.tick(60_000);
    expect(rates.said(1, 50)).to.equal(0);
  });

  it('are none where there is no limit', () => {
    const rates = new MessageRates({ messageRate: 0, messageBurst: 50 });
    expect(rates.said(1, 1_000_000)).to.equal(0);
  });

  it('forget those who have all that they could have, and nobody else', () => {
    const rates = new MessageRates({ messageRate: 10, messageBurst: 50 });
    rates.said(0, 1000);
    for (let session = 1; session < 999; session++) rates.said(session, 1);
    clock.tick(10_000);
    for (let session = 2000; session < 5000; session++) rates.said(session, 1);
    expect(rates.said(0, 0)).to.equal(85_000);
    expect(rates.said(5, 50)).to.equal(0);
  });
});
