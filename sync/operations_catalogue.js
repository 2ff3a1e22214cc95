// Written from operations.json; a test holds them together.
export const CATALOGUE = {
  protocol: 1,
  schema: 1,
  limits: {
    operations: 200,
    bytes: 262144,
    lines: 100,
    quantity: 1000000,
    text: 200,
  },
  kinds: {
    "stock.adjust": {
      v: 1,
      nature: "fact",
      args: {
        store: {
          type: "id",
        },
        item: {
          type: "id",
        },
        delta: {
          type: "delta",
        },
        reason: {
          type: "choice",
          of: ["damaged", "expired", "theft", "sample", "own_use", "found", "other"],
        },
        lot: {
          type: "text",
          optional: true,
          most: 20,
        },
        note: {
          type: "text",
          optional: true,
        },
      },
    },
    "transfer.request": {
      v: 1,
      nature: "intent",
      args: {
        from: {
          type: "id",
        },
        to: {
          type: "id",
        },
        lines: {
          type: "lines",
          of: {
            item: {
              type: "id",
            },
            quantity: {
              type: "positive",
            },
          },
        },
        note: {
          type: "text",
          optional: true,
        },
      },
    },
    "transfer.approve": {
      v: 1,
      nature: "intent",
      args: {
        transfer: {
          type: "uuid",
        },
        from_state: {
          type: "state",
        },
        lines: {
          type: "lines",
          of: {
            line: {
              type: "id",
            },
            quantity: {
              type: "quantity",
            },
          },
        },
      },
    },
    "transfer.reject": {
      v: 1,
      nature: "intent",
      args: {
        transfer: {
          type: "uuid",
        },
        from_state: {
          type: "state",
        },
        reason: {
          type: "text",
        },
      },
    },
    "transfer.cancel": {
      v: 1,
      nature: "intent",
      args: {
        transfer: {
          type: "uuid",
        },
        from_state: {
          type: "state",
        },
        reason: {
          type: "text",
          optional: true,
        },
      },
    },
    "transfer.dispatch": {
      v: 1,
      nature: "fact",
      args: {
        transfer: {
          type: "uuid",
        },
        lines: {
          type: "lines",
          of: {
            line: {
              type: "id",
            },
            quantity: {
              type: "quantity",
            },
          },
        },
      },
    },
    "transfer.receive": {
      v: 1,
      nature: "fact",
      args: {
        transfer: {
          type: "uuid",
        },
        lines: {
          type: "lines",
          of: {
            line: {
              type: "id",
            },
            received: {
              type: "quantity",
            },
            damaged: {
              type: "quantity",
            },
          },
        },
      },
    },
    "transfer.close": {
      v: 1,
      nature: "intent",
      args: {
        transfer: {
          type: "uuid",
        },
        from_state: {
          type: "state",
        },
        reason: {
          type: "text",
        },
      },
    },
    "person.prefer": {
      v: 1,
      nature: "intent",
      args: {
        locale: {
          type: "choice",
          of: ["en", "zh"],
          optional: true,
        },
        store: {
          type: "id",
          optional: true,
        },
      },
    },
    void: {
      v: 1,
      nature: "intent",
      args: {},
    },
  },
};
