/**
 * One queue for every source: a code goes in when it is captured, is looked up apart from that, and its answer acted on.
 * A slow look-up holds up no other one until `parallel` are on their way, and none is ever dropped: without an answer it
 * is tried again, later each time, and at once when told that the network is back.
 */

/**
 * @template Answer
 * @typedef {object} QueueParts
 * @property {(code: string) => Promise<Answer | null>} identify null when there was no answer
 * @property {(id: number, answer: Answer) => void} act
 * @property {(id: number) => void} [waiting] told when a look-up got no answer for now
 * @property {(run: () => void, delayMs: number) => void} [later]
 * @property {number} [parallel]
 */

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/**
 * @template Answer
 * @param {QueueParts<Answer>} parts
 */
export function createScanQueue({ identify, act, waiting = () => {}, later = setTimeout, parallel = 4 }) {
  /** @type {{ id: number, code: string, tries: number }[]} */
  let line = [];
  /** @type {Set<{ id: number, code: string, tries: number }>} */
  let resting = new Set();
  let underWay = 0;
  let isClosed = false;

  /** @param {{ id: number, code: string, tries: number }} scan */
  const rest = (scan) => {
    resting.add(scan);
    waiting(scan.id);
    const back = () => {
      if (!resting.delete(scan)) return;
      line.push(scan);
      advance();
    };
    later(back, Math.min(FIRST_RETRY_MS * 2 ** scan.tries, LONGEST_RETRY_MS));
    scan.tries += 1;
  };

  /** @param {{ id: number, code: string, tries: number }} scan */
  const lookUp = async (scan) => {
    underWay += 1;
    try {
      const answer = await identify(scan.code);
      if (isClosed) return;
      if (answer === null) rest(scan);
      else act(scan.id, answer);
    } finally {
      underWay -= 1;
      advance();
    }
  };

  const advance = () => {
    while (!isClosed && underWay < parallel) {
      const scan = line.shift();
      if (!scan) return;
      lookUp(scan);
    }
  };

  return {
    /** @param {number} id of the list's entry @param {string} code */
    put(id, code) {
      line.push({ id, code, tries: 0 });
      advance();
    },
    retryNow() {
      line.push(...resting);
      resting = new Set();
      advance();
    },
    close() {
      isClosed = true;
      line = [];
      resting.clear();
    },
  };
}
