import type { Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import type { EventHistory, EventStore, Kept } from './room-log-ports.js';

/** The reading half of a log whose store is in this process. */
export abstract class StoredHistory implements EventHistory {
  protected abstract readonly store: EventStore;

  get kept(): Kept {
    return this.store.kept;
  }

  get size() {
    return this.store.size;
  }

  read(after: Seq, upTo: Seq, limit: number) {
    return this.store.read(after, upTo, limit);
  }

  messages(after: Seq, upTo: Seq, limit: number) {
    return this.store.messages(after, upTo, limit);
  }

  messagesBefore(before: Seq, limit: number) {
    return this.store.messagesBefore(before, limit);
  }

  search(query: SearchQuery) {
    return this.store.search(query);
  }

  locate(epoch: string, seq: Seq) {
    return this.store.locate(epoch, seq);
  }

  sessionOf(resumeKey: string) {
    return this.store.sessionOf(resumeKey);
  }
}
