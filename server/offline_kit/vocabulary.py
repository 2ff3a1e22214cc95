"""The words a template may use, and what stands behind them: `r` is `sw/template_runtime.js`, `f` `sync/formats.js`."""

RELEASE_PLACE = "@release@"
# Jinja reads these of a dict as its methods, not as its fields.
DICT_METHODS = frozenset(dir(dict))
COMPARISONS = {
    "eq": "r.equal({}, {})",
    "ne": "!r.equal({}, {})",
    "lt": "r.compare({}, {}) < 0",
    "lteq": "r.compare({}, {}) <= 0",
    "gt": "r.compare({}, {}) > 0",
    "gteq": "r.compare({}, {}) >= 0",
    "in": "r.among({}, {})",
    "notin": "!r.among({}, {})",
}
# The function, how many arguments it takes in the template, and whether the language is its last one.
FILTERS = {
    "length": ("r.length", 0, False),
    "number": ("f.formatNumber", 0, False),
    "quantity": ("f.formatQuantity", 1, True),
    "money": ("f.formatMoney", 1, False),
    "time": ("f.formatTime", 1, False),
    "date": ("f.formatDate", 1, True),
    "date_time": ("f.formatDateTime", 1, True),
    "day": ("f.formatDay", 0, True),
    "age": ("f.formatAge", 0, True),
    "distance": ("f.formatDistance", 0, True),
}
LOOP_WORDS = {
    "index": "({1} + 1)",
    "index0": "{1}",
    "first": "({1} === 0)",
    "last": "({1} === {0}.length - 1)",
    "length": "{0}.length",
}
