import { expect } from 'chai';
import { Meter } from '../../../../src/application/server/meter.js';
import { ReadStatus } from '../../../../src/application/server/read-status.js';
import { Readiness } from '../../../../src/application/server/readiness.js';
import type { RoomLog } from '../../../../src/application/server/room-log-ports.js';
import type { NotReady } from '../../../../src/application/server-status.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import { STATUS } from '../../../support/server-statuses.js';

describe('Readiness', () => {
  it('is there while the room is open and what is said can be recorded', () => {
    const roomLog: { objection: 'DISK_FULL' | undefined } = { objection: undefined };
    const readiness = new Readiness(roomLog);
    const found: (NotReady | undefined)[] = [readiness.objection];
    for (const stage of ['OPEN', 'DRAINING', 'STOPPING'] as const) {
      readiness.enter(stage);
      expect(readiness.stage).to.equal(stage);
      found.push(readiness.objection);
    }
    expect(found).to.deep.equal(['STARTING', undefined, 'DRAINING', 'STOPPING']);
    readiness.enter('OPEN');
    roomLog.objection = 'DISK_FULL';
    expect(readiness.objection).to.equal('DISK_FULL');
  });
});

describe('ReadStatus', () => {
  const room = new ChatRoom();
  const meter = new Meter();
  const readiness: { stage: 'OPEN'; objection: NotReady | undefined } = {
    stage: 'OPEN',
    objection: undefined,
  };
  const { failures: _, writes: __, ...size } = STATUS.history;
  const { dropped: ___, logLimit, delays: ____, ...load } = STATUS.broadcast;
  const { limit, accepted: _____, ended: ______, ...connections } = STATUS.connections;
  const log: Pick<RoomLog, 'size' | 'cluster'> = { size, cluster: undefined };
  const readStatus = new ReadStatus(
    room,
    log,
    { load },
    { load: connections },
    readiness,
    meter,
    { read: () => STATUS.program },
    { version: '1', runtime: 'v24', startedAt: 5 },
    { maxConnections: limit, maxLogBytes: logLimit },
  );

  it('has what everybody says, at one moment', () => {
    room.join(1, 'carl');
    room.restore(2, 'david', 'key');
    Object.assign(meter, { messages: 3, joins: 2, leaves: 1, accepted: 4, resumed: 5, gaps: 6 });
    Object.assign(meter, { dropped: 7, failures: 8 });
    meter.refuse('NAME_TAKEN');
    meter.end('LEFT');
    meter.delays.add(3);
    meter.writes.add(4);
    const status = readStatus.execute();
    expect(status).to.deep.include({
      stage: 'OPEN',
      version: '1',
      runtime: 'v24',
      startedAt: 5,
      room: { members: 2, away: 1 },
      events: { messages: 3, joins: 2, leaves: 1 },
      connections: { ...connections, limit, accepted: 4, ended: meter.ended.counts },
      sessions: { resumed: 5, gaps: 6 },
      broadcast: { ...load, logLimit, dropped: 7, delays: meter.delays.taken },
      history: { ...size, failures: 8, writes: meter.writes.taken },
      refusals: meter.refusals.counts,
      limits: meter.limits.counts,
      program: STATUS.program,
    });
    expect(status).not.to.have.property('objection');
    expect(status.uptimeMs).to.be.at.least(0);
  });

  it('says why it is not ready', () => {
    readiness.objection = 'NOT_RECORDED';
    expect(readStatus.execute().objection).to.equal('NOT_RECORDED');
  });

  it('says how the other servers of the room are, where there are some', () => {
    expect(readStatus.execute()).not.to.have.property('cluster');
    Object.assign(log, { cluster: STATUS.cluster });
    expect(readStatus.execute().cluster).to.deep.equal(STATUS.cluster);
    Object.assign(log, { cluster: undefined });
  });
});
