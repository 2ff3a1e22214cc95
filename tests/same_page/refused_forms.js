/** Forms that no end may take: whoever refuses them shows the same page with what was typed. */

/** @typedef {[string, string][]} Form */

const ID = ["operation_id", "7e570000-0000-4000-8000-000000000001"];
const TYPED = [
  "",
  " ",
  "abc",
  "0",
  "-2",
  "1.5",
  "1e3",
  "９x",
  "9999999",
  "<b>3</b>",
  "３ 4",
  "\u00a05",
  "+",
  "1,000",
  "0x10",
];
const LONG = "长".repeat(201);

/** @param {[string, string][]} more @returns {Form} */
function form(...more) {
  return /** @type {Form} */ ([ID, ...more]);
}

/** Every one is refused for its shape alone, whoever sends it. @param {any} view @param {any} goods @returns {[string, Form][]} */
export function refusedForms(view, goods) {
  const [one] = goods.items.filter((/** @type {number} */ item) => view.rangedHere(item));
  const near = String(view.neighbours()[0]?.[0] ?? 2);
  const transfers = view.transfers().slice(0, 2);
  return [
    // Somebody without a store sees no items.
    ...(one === undefined ? [] : adjusts(one)),
    ...requests(one, near, String(view.storeId ?? 0)),
    ...transfers.flatMap((/** @type {any} */ transfer) => steps(transfer)),
    ["/me", form(["locale", "fr"])],
    ["/me", form(["store", "987"])],
    ["/me", form(["store", "x"])],
    ["/me", form(["store", ""], ["locale", "<"])],
    ["/outbox", form(["action", "withdraw"], ["operation", "7e570000-0000-4000-8000-0000000000ff"])],
    ["/outbox", form(["action", "withdraw"])],
    ["/", form(["code", " "])],
    ["/", form(["code", "AB-12"], ["times", "x"])],
    ["/", form(["code", "AB-12"], ["times", "1001"])],
    ["/unknown-codes", form(["code", ""], ["action", "dismiss"])],
    ["/unknown-codes/match?code=", form(["action", "teach"], ["item", "1"])],
    ["/unknown-codes/match?code=4006381333931&q=tea", form(["action", "teach"], ["item", "<b>"])],
    ["/unknown-codes/match?code=4006381333931", form(["action", "note"], ["shelf", LONG])],
    ["/reviews", form(["accept", "no"], ["review", "7e570000-0000-4000-8000-0000000000ff"], ["note", " "])],
    ["/reviews", form(["accept", "maybe"])],
    ["/counts", form(["scope", "shelves"], ["shelves", " ,\n;"], ["blind", "yes"])],
    ["/counts", form(["scope", "<b>"], ["shelves", `A-1, ${LONG}`])],
    ["/reviews", form(["accept", "yes"], ["review", "<b>"])],
    ["/reviews", form(["accept", "no"], ["review", "7e570000-0000-4000-8000-0000000000ff"], ["note", LONG])],
  ];
}

/** @param {number} item @returns {[string, Form][]} */
function adjusts(item) {
  const path = `/items/${item}`;
  return [
    ...TYPED.map(
      (typed) =>
        /** @type {[string, Form]} */ ([path, form(["quantity", typed], ["direction", "out"], ["reason", "damaged"])]),
    ),
    [path, form(["quantity", "3"], ["direction", "in"])],
    [path, form(["quantity", "3"], ["direction", "in"], ["reason", "because"])],
    [path, form(["direction", "sideways"], ["reason", "found"])],
    [
      path,
      [
        ["quantity", "3"],
        ["direction", "out"],
        ["reason", "damaged"],
      ],
    ],
    [
      path,
      [
        ["operation_id", "no id"],
        ["quantity", "3"],
        ["direction", "in"],
        ["reason", "found"],
      ],
    ],
    ...TYPED.filter((typed) => typed !== "0").map(
      (typed) => /** @type {[string, Form]} */ ([path, form(["counted", typed])]),
    ),
    [path, form(["quantity", "1"], ["quantity", "x"], ["direction", "out"], ["reason", "damaged"])],
    [path, form()],
  ];
}

/** @param {number | undefined} one @param {string} from @param {string} own @returns {[string, Form][]} */
function requests(one, from, own) {
  const path = "/transfers/new";
  if (one === undefined) return [[path, form(["from", from])]];
  const item = String(one);
  return [
    ...TYPED.filter((typed) => typed.trim()).map(
      (typed) =>
        /** @type {[string, Form]} */ ([
          path,
          form(["from", from], ["item", item], ["quantity", typed], ["note", "a\r\nb <c> & “d”"]),
        ]),
    ),
    [path, form(["from", from])],
    [path, form(["from", from], ["item", item], ["quantity", ""])],
    [path, form(["from", own], ["item", item], ["quantity", "2"])],
    [path, form(["item", item], ["quantity", "2"])],
    [path, form(["from", "x"], ["item", item], ["quantity", "2"], ["add", "S-001"])],
    [path, form(["from", from], ["item", item], ["quantity", "2"], ["note", LONG])],
    [
      path,
      [
        ["from", from],
        ["item", item],
        ["quantity", "2"],
      ],
    ],
  ];
}

/** @param {any} transfer @returns {[string, Form][]} */
function steps(transfer) {
  const path = `/transfers/${transfer.id}`;
  /** @param {string} quantity @param {string} damaged @returns {Form} */
  const lines = (quantity, damaged = "") =>
    transfer.lines.flatMap((/** @type {any} */ line) => [
      ["line", String(line.line)],
      ["quantity", quantity],
      ["damaged", damaged],
    ]);
  return [
    [path, form(["action", "eat"])],
    [path, form()],
    [path, form(["action", "approve"], ["from_state", transfer.state], ...lines("x"))],
    [path, form(["action", "approve"], ["from_state", "asleep"], ...lines("1"))],
    [path, form(["action", "dispatch"], ...lines(""))],
    [path, form(["action", "dispatch"], ...lines("0"))],
    [path, form(["action", "dispatch"], ["line", "1"], ["quantity", "-1"])],
    [path, form(["action", "dispatch"], ["line", "x"], ["quantity", "1"])],
    [path, form(["action", "receive"], ...lines("", "y"))],
    [path, form(["action", "receive"], ...lines(" ", ""))],
    [path, form(["action", "reject"], ["from_state", transfer.state], ["reason", "　 "])],
    [path, form(["action", "close"], ["from_state", transfer.state], ["reason", LONG])],
    [path, form(["action", "cancel"], ["from_state", ""], ["reason", "<i>"])],
    [path, [["action", "dispatch"], ...lines("1")]],
  ];
}
