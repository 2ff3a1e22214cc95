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
    chosen: 1000,
  },
  kinds: {
    "stock.adjust": {
      v: 3,
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
        undoes: {
          type: "uuid",
          optional: true,
          since: 2,
        },
        expires: {
          type: "day",
          optional: true,
          since: 3,
        },
      },
    },
    "stock.count": {
      v: 3,
      nature: "fact",
      args: {
        store: {
          type: "id",
        },
        item: {
          type: "id",
        },
        counted: {
          type: "quantity",
        },
        lot: {
          type: "text",
          optional: true,
          most: 20,
        },
        session: {
          type: "uuid",
          optional: true,
          since: 2,
        },
        shelf: {
          type: "text",
          optional: true,
          most: 20,
          since: 2,
        },
        scope: {
          type: "scope",
          optional: true,
          most: 20,
          since: 2,
          was: "store",
        },
        expires: {
          type: "day",
          optional: true,
          since: 3,
        },
      },
    },
    "count.open": {
      v: 2,
      nature: "intent",
      args: {
        store: {
          type: "id",
        },
        scope: {
          type: "scope",
          most: 20,
        },
        blind: {
          type: "flag",
        },
        sealed: {
          type: "flag",
        },
        joins: {
          type: "uuid",
          optional: true,
          since: 2,
        },
      },
    },
    "count.close": {
      v: 1,
      nature: "intent",
      args: {
        session: {
          type: "uuid",
        },
      },
    },
    "lot.block": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        lot: {
          type: "text",
          most: 20,
        },
        reason: {
          type: "text",
        },
      },
    },
    "lot.unblock": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        lot: {
          type: "text",
          most: 20,
        },
      },
    },
    "stock.move": {
      v: 2,
      nature: "fact",
      args: {
        store: {
          type: "id",
        },
        kind: {
          type: "choice",
          of: ["sale", "return", "delivery"],
        },
        lines: {
          type: "lines",
          of: {
            item: {
              type: "id",
            },
            delta: {
              type: "delta",
            },
            lot: {
              type: "text",
              optional: true,
              most: 20,
            },
            expires: {
              type: "day",
              optional: true,
              since: 2,
            },
          },
        },
        ref: {
          type: "text",
          optional: true,
          most: 80,
        },
      },
    },
    "review.settle": {
      v: 2,
      nature: "intent",
      args: {
        operation: {
          type: "uuid",
        },
        accept: {
          type: "flag",
        },
        note: {
          type: "text",
          optional: true,
        },
        count: {
          type: "uuid",
          optional: true,
          since: 2,
        },
      },
    },
    "transfer.request": {
      v: 2,
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
        push: {
          type: "flag",
          optional: true,
          since: 2,
        },
      },
    },
    "transfer.approve": {
      v: 1,
      nature: "intent",
      approval: true,
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
    "transfer.unapprove": {
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
    "transfer.expire": {
      v: 1,
      nature: "intent",
      args: {
        transfer: {
          type: "uuid",
        },
        from_state: {
          type: "state",
        },
      },
    },
    "transfer.dispatch": {
      v: 2,
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
        parcel: {
          type: "text",
          optional: true,
          most: 18,
          since: 2,
        },
      },
    },
    "transfer.receive": {
      v: 2,
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
        parcel: {
          type: "text",
          optional: true,
          most: 18,
          since: 2,
        },
      },
    },
    "transfer.close": {
      v: 2,
      nature: "intent",
      approval: true,
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
        returned: {
          type: "lines",
          of: {
            line: {
              type: "id",
            },
            quantity: {
              type: "positive",
            },
          },
          optional: true,
          since: 2,
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
    "store.save": {
      v: 1,
      nature: "intent",
      args: {
        store: {
          type: "id",
          optional: true,
        },
        code: {
          type: "text",
          optional: true,
          most: 16,
        },
        name_en: {
          type: "text",
          optional: true,
          most: 80,
        },
        name_zh: {
          type: "text",
          optional: true,
          most: 80,
        },
        area: {
          type: "id",
          optional: true,
        },
        latitude_microdegrees: {
          type: "whole",
          optional: true,
          least: -90000000,
          most: 90000000,
        },
        longitude_microdegrees: {
          type: "whole",
          optional: true,
          least: -180000000,
          most: 180000000,
        },
        time_zone: {
          type: "text",
          optional: true,
          most: 64,
        },
      },
    },
    "store.archive": {
      v: 1,
      nature: "intent",
      args: {
        store: {
          type: "id",
        },
      },
    },
    "store.restore": {
      v: 1,
      nature: "intent",
      args: {
        store: {
          type: "id",
        },
      },
    },
    "area.save": {
      v: 1,
      nature: "intent",
      args: {
        area: {
          type: "id",
          optional: true,
        },
        name_en: {
          type: "text",
          optional: true,
          most: 80,
        },
        name_zh: {
          type: "text",
          optional: true,
          most: 80,
        },
      },
    },
    "neighbours.save": {
      v: 1,
      nature: "intent",
      args: {
        store: {
          type: "id",
        },
        added: {
          type: "ids",
          optional: true,
        },
        removed: {
          type: "ids",
          optional: true,
        },
        ways: {
          type: "choice",
          of: ["one", "both"],
        },
      },
    },
    "assortment.save": {
      v: 1,
      nature: "intent",
      args: {
        assortment: {
          type: "id",
          optional: true,
        },
        name: {
          type: "text",
          optional: true,
          most: 80,
        },
        added: {
          type: "ids",
          optional: true,
        },
        removed: {
          type: "ids",
          optional: true,
        },
      },
    },
    "person.save": {
      v: 1,
      nature: "intent",
      args: {
        person: {
          type: "id",
          optional: true,
        },
        username: {
          type: "text",
          optional: true,
          most: 64,
        },
        name: {
          type: "text",
          optional: true,
          most: 80,
        },
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
    "person.archive": {
      v: 1,
      nature: "intent",
      args: {
        person: {
          type: "id",
        },
      },
    },
    "person.restore": {
      v: 1,
      nature: "intent",
      args: {
        person: {
          type: "id",
        },
      },
    },
    "role.grant": {
      v: 1,
      nature: "intent",
      args: {
        person: {
          type: "id",
        },
        level: {
          type: "whole",
          least: 1,
          most: 5,
        },
        store: {
          type: "id",
          optional: true,
        },
        area: {
          type: "id",
          optional: true,
        },
        from: {
          type: "whole",
          optional: true,
          least: 0,
          most: 32503680000000,
        },
        to: {
          type: "whole",
          optional: true,
          least: 0,
          most: 32503680000000,
        },
      },
    },
    "role.end": {
      v: 1,
      nature: "intent",
      args: {
        role: {
          type: "id",
        },
        at: {
          type: "whole",
          optional: true,
          least: 0,
          most: 32503680000000,
        },
      },
    },
    "device.save": {
      v: 1,
      nature: "intent",
      args: {
        device: {
          type: "uuid",
        },
        name: {
          type: "text",
          most: 80,
        },
      },
    },
    "device.block": {
      v: 1,
      nature: "intent",
      args: {
        device: {
          type: "uuid",
        },
      },
    },
    "device.unblock": {
      v: 1,
      nature: "intent",
      args: {
        device: {
          type: "uuid",
        },
      },
    },
    "device.settle": {
      v: 1,
      nature: "intent",
      args: {
        device: {
          type: "uuid",
        },
      },
    },
    "policy.save": {
      v: 1,
      nature: "intent",
      approval: true,
      args: {
        name: {
          type: "text",
          most: 40,
        },
        value: {
          type: "text",
          most: 40,
        },
        was: {
          type: "text",
          most: 40,
        },
      },
    },
    "approval.save": {
      v: 2,
      nature: "intent",
      approval: true,
      args: {
        rule: {
          type: "uuid",
        },
        work: {
          type: "choice",
          of: ["stock.adjust", "stock.count", "transfer.approve", "transfer.close"],
        },
        reason: {
          type: "choice",
          optional: true,
          of: ["damaged", "expired", "theft", "sample", "own_use", "found", "other"],
        },
        store: {
          type: "id",
          optional: true,
        },
        units: {
          type: "whole",
          least: 0,
          most: 1000000,
        },
        cents: {
          type: "whole",
          least: 0,
          most: 1000000000,
        },
        percent: {
          type: "whole",
          least: 0,
          most: 100000,
          optional: true,
          since: 2,
        },
        level: {
          type: "whole",
          least: 3,
          most: 4,
        },
        people: {
          type: "whole",
          least: 1,
          most: 2,
        },
        gone: {
          type: "flag",
        },
      },
    },
    "item.add": {
      v: 1,
      nature: "intent",
      args: {
        sku: {
          type: "text",
          most: 32,
        },
        name_en: {
          type: "text",
          optional: true,
          most: 200,
        },
        name_zh: {
          type: "text",
          optional: true,
          most: 200,
        },
        brand: {
          type: "text",
          optional: true,
          most: 80,
        },
        unit: {
          type: "choice",
          of: ["each", "g", "ml"],
        },
        price_cents: {
          type: "whole",
          least: 0,
          most: 100000000,
        },
        tracks_lot: {
          type: "flag",
        },
        tracks_expiry: {
          type: "flag",
        },
        barcodes: {
          type: "texts",
          optional: true,
          most: 14,
        },
        assortments: {
          type: "ids",
          optional: true,
        },
      },
    },
    "item.edit": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        fields: {
          type: "edits",
          of: {
            sku: {
              type: "text",
              most: 32,
            },
            name_en: {
              type: "text",
              optional: true,
              most: 200,
            },
            name_zh: {
              type: "text",
              optional: true,
              most: 200,
            },
            brand: {
              type: "text",
              optional: true,
              most: 80,
            },
            unit: {
              type: "choice",
              of: ["each", "g", "ml"],
            },
            price_cents: {
              type: "whole",
              least: 0,
              most: 100000000,
            },
            tracks_lot: {
              type: "flag",
            },
            tracks_expiry: {
              type: "flag",
            },
          },
        },
      },
    },
    "item.archive": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
      },
    },
    "item.restore": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
      },
    },
    "item.merge": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        into: {
          type: "id",
        },
      },
    },
    "barcode.add": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        gtin: {
          type: "text",
          most: 14,
        },
      },
    },
    "barcode.remove": {
      v: 1,
      nature: "intent",
      args: {
        item: {
          type: "id",
        },
        gtin: {
          type: "text",
          most: 14,
        },
      },
    },
    "code.unknown": {
      v: 1,
      nature: "fact",
      args: {
        store: {
          type: "id",
        },
        code: {
          type: "text",
          most: 80,
        },
        times: {
          type: "whole",
          optional: true,
          least: 0,
          most: 1000,
        },
        shelf: {
          type: "text",
          optional: true,
          most: 20,
        },
        before: {
          type: "texts",
          optional: true,
          most: 80,
        },
        after: {
          type: "texts",
          optional: true,
          most: 80,
        },
        photo: {
          type: "text",
          optional: true,
          most: 64,
        },
      },
    },
    "code.dismiss": {
      v: 1,
      nature: "intent",
      args: {
        store: {
          type: "id",
        },
        code: {
          type: "text",
          most: 80,
        },
      },
    },
    "barcode.teach": {
      v: 1,
      nature: "intent",
      approval: true,
      args: {
        store: {
          type: "id",
        },
        item: {
          type: "id",
        },
        code: {
          type: "text",
          most: 80,
        },
      },
    },
    "assortment.range": {
      v: 1,
      nature: "intent",
      args: {
        assortment: {
          type: "id",
        },
        items: {
          type: "ids",
        },
        way: {
          type: "choice",
          of: ["in", "out"],
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
