import { expect } from 'chai';
import sinon from 'sinon';
import { Questions, Turns } from '../../../../../src/adapters/wire/listen/turns.js';

describe('Turns', () => {
  it('come one after the other, and between rounds everybody else is heard', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      const turns = new Turns();
      const order: string[] = [];
      const work = (name: string, times: number) => {
        turns.add(() => {
          clock.tick(1.5);
          order.push(name);
          if (times > 1) work(name, times - 1);
        });
      };
      work('a', 3);
      work('b', 3);
      const hear = () => {
        if (order.length < 6) setImmediate(hear);
        order.push('-');
      };
      setImmediate(hear);
      while (order.filter(one => one !== '-').length < 6) await new Promise(resolve => setImmediate(resolve));
      expect(order.filter(one => one !== '-').join('')).to.equal('ababab');
      expect(order.join('')).to.match(/^[ab]{1,3}-/);
    } finally {
      clock.restore();
    }
  });

  it('have no time left for who works much, until the others were heard', async () => {
    const turns = new Turns();
    expect(turns.hasTime).to.equal(true);
    turns.spend(3);
    expect(turns.hasTime).to.equal(true);
    turns.spend(3);
    expect(turns.hasTime).to.equal(false);
    await new Promise(resolve => setImmediate(resolve));
    expect(turns.hasTime).to.equal(true);
    let isDone = false;
    turns.add(() => {
      isDone = true;
    });
    expect(turns.hasTime).to.equal(false);
    await new Promise(resolve => setImmediate(resolve));
    expect([isDone, turns.hasTime]).to.deep.equal([true, true]);
  });
});

describe('Questions', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => clock.restore());

  const settled = async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
  };

  it('are answered one at a time, in the order in which they came, with a fault of one told to who asked it', async () => {
    const questions = new Questions();
    const first = Promise.withResolvers<number>();
    const told: unknown[] = [];
    void questions.ask(() => first.promise).then(answer => told.push(answer));
    void questions
      .ask(() => Promise.reject(new Error('no')))
      .catch((error: Error) => told.push(error.message));
    void questions.ask(async () => 3).then(answer => told.push(answer));
    await settled();
    expect(told).to.deep.equal([]);
    first.resolve(1);
    await settled();
    expect(told).to.deep.equal([1, 'no', 3]);
  });

  it('leave three times as long to others as they took', async () => {
    const questions = new Questions();
    const answers: number[] = [];
    const ask = (name: number, ms: number) =>
      questions.ask(async () => {
        clock.tick(ms);
        answers.push(name);
      });
    void ask(1, 10);
    void ask(2, 0.1);
    void ask(3, 1);
    await settled();
    expect(answers).to.deep.equal([1]);
    clock.tick(29);
    await settled();
    expect(answers).to.deep.equal([1]);
    clock.tick(1);
    await settled();
    expect(answers).to.deep.equal([1, 2, 3]);
  });

  it('say how long one more has to wait', async () => {
    const questions = new Questions();
    const ask = () =>
      questions.ask(async () => {
        clock.tick(10);
      });
    expect(questions.waitMs).to.equal(0);
    for (let n = 0; n < 20; n++) {
      void ask();
      await settled();
      clock.tick(30);
      await settled();
    }
    expect(questions.eachMs).to.be.within(39, 40);
    expect(questions.waitMs).to.equal(0);
    void ask();
    void ask();
    void ask();
    expect(questions.waitMs).to.be.within(117, 120);
    expect(questions.eachMs).to.equal(questions.waitMs);
  });
});
