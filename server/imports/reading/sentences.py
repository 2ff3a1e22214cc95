"""Why a line or a file was not taken, in both languages: what is wrong, then what to do."""

from collections.abc import Mapping

_SENTENCES: dict[str, tuple[str, str]] = {
    # The file as a whole.
    "file_empty": ("The file is empty.", "文件是空的。"),
    "file_encrypted": ("The workbook asks for a password. Save it without one.", "工作簿有密码，请去掉密码后保存。"),
    "file_corrupt": ("The workbook is damaged. Save it anew, or as CSV.", "工作簿已损坏，请重新保存，或另存为 CSV。"),
    "file_not_a_table": (
        "This is neither text nor a workbook. Export it as CSV or XLSX.",
        "这不是文本，也不是工作簿，请导出为 CSV 或 XLSX。",
    ),
    "workbook_too_large": ("The workbook is too large to open at once. Save it as CSV.", "工作簿太大，请另存为 CSV。"),
    "encoding_unknown": (
        "The letters of this file cannot be told. Save it as UTF-8.",
        "无法识别编码，请另存为 UTF-8。",
    ),
    "columns_missing": ("No column was found for {fields}.", "没有找到这些列：{fields}。"),
    # A line that is no row.
    "columns_wrong": ("{have} fields where the header has {want}.", "这一行有 {have} 列，表头有 {want} 列。"),
    "nul": ("The line holds bytes that are no text.", "这一行含有不是文本的字节。"),
    "not_text": ("The line holds letters in another encoding.", "这一行含有其他编码的字符。"),
    "line_too_long": ("The line is longer than {limit} signs.", "这一行超过 {limit} 个字符。"),
    "quote_open": ("A quotation mark is opened and not closed.", "引号没有成对。"),
    # A field of any kind.
    "empty": ("{field} is empty.", "{field}是空的。"),
    "too_long": ("{field} is longer than {limit} signs: {value}…", "{field}超过 {limit} 个字符：{value}…"),
    "duplicate": ("{field} {value} stands on line {line} already.", "{field} {value} 在第 {line} 行已经有了。"),
    "number_wrong": ("{field} is no whole number: {value}", "{field}不是整数：{value}"),
    "number_unclear": (
        "{field} {value} can be read in two ways. Write it without a thousands separator.",
        "{field} {value} 有两种读法，请不要写千位分隔符。",
    ),
    "number_range": ("{field} {value} is not between {low} and {high}.", "{field} {value} 不在 {low} 到 {high} 之间。"),
    "yes_no_wrong": ("{field} is neither yes nor no: {value}", "{field}不是“是”或“否”：{value}"),
    "time_wrong": ("{field} is no date or time: {value}", "{field}不是日期或时间：{value}"),
    "time_unclear": (
        "{field} {value}: day and month cannot be told apart. Write 2026-11-22.",
        "{field} {value} 分不清日和月，请写成 2026-11-22。",
    ),
    "time_range": ("{field} {value} is too long ago or too far ahead.", "{field} {value} 太早或太晚。"),
    # Goods.
    "no_code": ("The line has neither a SKU nor a barcode.", "这一行既没有货号也没有条码。"),
    "barcode_check_digit": ("The check digit of barcode {value} is wrong.", "条码 {value} 的校验位不对。"),
    "barcode_length": (
        "Barcode {value} has {length} digits; 8, 12, 13 or 14 make one.",
        "条码 {value} 有 {length} 位，应为 8、12、13 或 14 位。",
    ),
    "barcode_not_digits": ("Barcode {value} is not made of digits.", "条码 {value} 不全是数字。"),
    "barcode_rounded": (
        "A spreadsheet has rounded barcode {value}. Make the column text, then export again.",
        "条码 {value} 被表格软件舍入了，请把该列设为文本后重新导出。",
    ),
    "barcodes_too_many": ("More than {limit} barcodes on one line.", "一行超过 {limit} 个条码。"),
    "price_wrong": ("The price is no amount: {value}", "价格不是金额：{value}"),
    "price_finer_than_cents": ("The price is finer than a cent: {value}", "价格小于一分：{value}"),
    "unit_unknown": ("Unit {value} is not known. Write each, g or ml.", "不认识单位 {value}，请写 each、g 或 ml。"),
    # Stores and people.
    "time_zone_unknown": (
        "Time zone {value} is not known. Write Asia/Shanghai.",
        "不认识时区 {value}，请写 Asia/Shanghai。",
    ),
    "role_unknown": ("Role {value} is not known.", "不认识角色 {value}。"),
    "locale_unknown": ("Language {value} is not known. Write en or zh.", "不认识语言 {value}，请写 en 或 zh。"),
    "store_or_area": ("A role holds for a store or for an area, not both.", "角色只能属于门店或区域之一。"),
    "ends_before_it_begins": ("The role ends before it begins.", "角色的结束早于开始。"),
    # Stock and movements.
    "counted_below_zero": ("Nobody can count {value}.", "盘点数不能是 {value}。"),
    "quantity_zero": ("The quantity is 0, so nothing moved.", "数量为 0，没有变动。"),
    "movement_unknown": ("{value} is neither sale, return nor delivery.", "{value} 不是销售、退货或到货。"),
    "movement_scattered": (
        "Movement {value} stands on line {line} already; lines of one movement stand together.",
        "单据 {value} 在第 {line} 行已经有了，同一单据的各行要连在一起。",
    ),
}

# What the shop itself says of a line that could be read, as its rules name it.
_OF_THE_SHOP: dict[str, tuple[str, str]] = {
    "store_unknown": ("No store is called {store}.", "没有门店 {store}。"),
    "area_unknown": ("No area is called {area}.", "没有区域 {area}。"),
    "assortment_unknown": ("No assortment is called so.", "没有这个商品组合。"),
    "item_unknown": ("No item has the SKU or barcode {item}.", "没有货号或条码为 {item} 的商品。"),
    "item_archived": ("The item is no longer sold.", "该商品已停售。"),
    "item_merged": ("The item was merged into another one.", "该商品已并入另一商品。"),
    "sku_taken": ("Another item has this SKU.", "该货号属于另一商品。"),
    "barcode_taken": ("Barcode {value} belongs to another item.", "条码 {value} 属于另一商品。"),
    "code_taken": ("Another store has this code.", "该编码属于另一门店。"),
    "name_taken": ("The name {name} is taken.", "名称 {name} 已被使用。"),
    "username_taken": ("The username {username} is taken.", "用户名 {username} 已被使用。"),
    "zone_unknown": ("The time zone is not known.", "不认识该时区。"),
    "person_archived": ("The person no longer works here.", "该员工已离职。"),
    "role_held": ("The person has this role already.", "该员工已有此角色。"),
    "level_has_no_store": (
        "An area manager or administrator has no store of their own.",
        "区域经理和管理员不属于单个门店。",
    ),
    "own_level": ("Nobody changes their own level.", "不能更改自己的级别。"),
    "not_allowed": ("You may not do this here.", "您在此无权操作。"),
    "store_not_yours": ("The store is none of theirs.", "不是其所属门店。"),
    "field_missing": ("{field} is missing.", "缺少{field}。"),
    "field_wrong": ("{field} cannot be so.", "{field}不对。"),
    "text_too_long": ("{field} is longer than {limit} signs.", "{field}超过 {limit} 个字符。"),
    "quantity_huge": ("The quantity is too large.", "数量太大。"),
    "time_ahead": ("The time lies ahead.", "时间在将来。"),
    "id_taken": ("The number was brought before, with other lines.", "该单号以前导入过，但内容不同。"),
    "document_incomplete": (
        "Another line of movement {id} was not taken, so none of it is.",
        "单据 {id} 有一行未能导入，整张单据都没有导入。",
    ),
}
_OTHERWISE = ("The shop does not take this line.", "无法接受这一行。")

_FIELDS: dict[str, tuple[str, str]] = {
    "code": ("Store code", "门店编码"),
    "name": ("Name", "名称"),
    "name_en": ("English name", "英文名"),
    "name_zh": ("Chinese name", "中文名"),
    "area": ("Area", "区域"),
    "latitude": ("Latitude", "纬度"),
    "longitude": ("Longitude", "经度"),
    "time_zone": ("Time zone", "时区"),
    "username": ("Username", "用户名"),
    "role": ("Role", "角色"),
    "store": ("Store", "门店"),
    "locale": ("Language", "语言"),
    "from": ("From", "开始"),
    "to": ("Until", "结束"),
    "sku": ("SKU", "货号"),
    "barcodes": ("Barcode", "条码"),
    "brand": ("Brand", "品牌"),
    "unit": ("Unit", "单位"),
    "price": ("Price", "价格"),
    "tracks_lot": ("Lots are tracked", "管批次"),
    "tracks_expiry": ("Expiry is tracked", "管效期"),
    "assortments": ("Assortments", "商品组合"),
    "item": ("Item", "商品"),
    "counted": ("Counted", "实盘数量"),
    "lot": ("Lot", "批号"),
    "expires": ("Last day of the lot", "批次到期日"),
    "id": ("External number", "外部单号"),
    "quantity": ("Quantity", "数量"),
    "kind": ("Kind of movement", "变动类型"),
    "at": ("Time", "时间"),
    "reject_line": ("Line in the file", "原文件行号"),
    "reject_reason": ("Why not taken", "未导入原因"),
}


def reason(code: str, params: Mapping[str, int | str], locale: str) -> str:
    """The sentence of a reject, of `Unreadable`, or of what the shop's rules refused; never fails."""
    values = _Named(params)
    if "field" in values:
        values["field"] = field_name(str(values["field"]), locale)
    if code == "columns_missing":
        values["fields"] = _groups(str(values["fields"]), locale)
    sentence = _SENTENCES.get(code) or _OF_THE_SHOP.get(code) or _OTHERWISE
    return sentence[locale == "zh"].format_map(values)


class _Named(dict[str, int | str]):
    """What a sentence names, and a stroke for what nobody named."""

    def __missing__(self, _name: str) -> str:
        return "–"


def field_name(field: str, locale: str) -> str:
    """What staff call a field of any kind; a field that is none of a file's is its own name."""
    return _FIELDS.get(field, (field, field))[locale == "zh"]


def _groups(fields: str, locale: str) -> str:
    """`sku/barcodes, name` in words: what stands behind a stroke would do as well."""
    either, both = (" 或 ", "、") if locale == "zh" else (" or ", ", ")
    groups = [group.split("/") for group in fields.split(", ")]
    return both.join(either.join(field_name(field, locale) for field in group) for group in groups)
