/** Fetches the pieces of snapshots, several at a time; each is kept when it has come, so a kill costs one at most. */

import { finishAll, keepPiece, letGoOf, refuse, wantedPieces } from "./downloads.js";

/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./downloads.js").Wanted} Wanted */
/** Null: all are here. @typedef {"unanswered" | "refused" | "sign-in" | "pressed" | null} PiecesEnd */

// A phone's line is full with a few; the hub answers others meanwhile.
const AT_ONCE = 4;
const TRIES = 3;
const GONE = [404, 410];
const MOST_VANISHED = 8;

export class Pieces {
  retry_ms = 0;

  /** @param {import("./hub.js").Hub} hub @param {() => Promise<void>} onPiece called when one has come */
  constructor(hub, onPiece) {
    this.hub = hub;
    this.onPiece = onPiece;
  }

  /**
   * @param {Replica} replica @param {() => boolean} isWanted @param {number} patience_ms
   * @returns {Promise<PiecesEnd>}
   */
  async fetch(replica, isWanted, patience_ms) {
    this.retry_ms = 0;
    await finishAll(replica);
    /** @type {Set<string>} */
    const begun = new Set();
    /** @type {PiecesEnd} */
    let end = null;
    const wasSettled = replica.isSettled;
    const lane = async () => {
      for (;;) {
        if (end === null && !isWanted()) end = "pressed";
        // When what is needed first is here, the hub is asked again: then it can be shown.
        const due = wantedPieces(replica).filter(({ bucket }) => wasSettled || replica.isEssential(bucket));
        const next = due.find((piece) => !begun.has(nameOf(piece)));
        if (end !== null || next === undefined) return;
        begun.add(nameOf(next));
        const failed = await this.#one(replica, next, patience_ms);
        end ??= failed;
        await this.onPiece();
      }
    };
    // The first piece of a catalogue has what the others lean on.
    const first = wantedPieces(replica).at(0);
    if (first !== undefined && isWanted()) {
      begun.add(nameOf(first));
      end = await this.#one(replica, first, patience_ms);
    }
    // What may come later comes one by one: somebody is looking at pages by now.
    await Promise.all(Array.from({ length: wasSettled ? 1 : AT_ONCE }, lane));
    return end;
  }

  /** @param {Replica} replica @param {Wanted} wanted @param {number} patience_ms @returns {Promise<PiecesEnd>} */
  async #one(replica, wanted, patience_ms) {
    const { bucket, epoch, seq, name } = wanted;
    for (let tried = 1; ; tried += 1) {
      const answer = await this.hub.bytes(`/sync/snapshots/${bucket}/${epoch}-${seq}/${name}`, patience_ms);
      if (answer.status === 200) return await kept(replica, wanted, answer.bytes);
      this.retry_ms = answer.retry_ms;
      if (answer.status === 401) return "sign-in";
      if (GONE.includes(answer.status)) {
        replica.vanished += 1;
        // A hub that offers what it does not have could be asked for ever.
        replica.rowsOnly ||= replica.vanished > MOST_VANISHED;
        await letGoOf(replica, bucket);
        return null;
      }
      if (tried >= TRIES) return answer.status === 0 ? "unanswered" : "refused";
    }
  }
}

/** @param {Replica} replica @param {Wanted} wanted @param {Uint8Array} bytes @returns {Promise<null>} */
async function kept(replica, wanted, bytes) {
  const [done] = await Promise.allSettled([keepPiece(replica, wanted, bytes)]);
  if (done.status === "fulfilled") return null;
  // A disk that is full is the phone's trouble; anything else is the snapshot's, and rows can do without.
  if (done.reason instanceof DOMException) throw done.reason;
  await refuse(replica, wanted.bucket, done.reason);
  return null;
}

/** @param {Wanted} piece */
function nameOf({ bucket, epoch, seq, name }) {
  return `${bucket}/${epoch}-${seq}/${name}`;
}
