"""What stands in cells that know only a few words, in the languages files come in."""

from collections.abc import Mapping
from typing import Literal, TypeVar

Unit = Literal["each", "g", "ml"]
Movement = Literal["sale", "return", "delivery"]


Meaning = TypeVar("Meaning", bound=str)


def _spread(words: Mapping[Meaning, str]) -> dict[str, Meaning]:
    return {word.strip(): meaning for meaning, listed in words.items() for word in listed.split(",")}


# Goods sold by the kilogram are counted in grams, by the litre in millilitres.
UNITS: dict[str, Unit] = _spread(
    {
        "each": "each, ea, pc, pcs, piece, pieces, unit, units, item, pack, 个, 件, 只, 盒, 瓶, 包, 袋, 支, 罐, "
        "条, 块, 片, 套, stück, stk, st, stuk, stuks, pièce, pièces, unité, u, pieza, piezas, "
        "unidad, unidades, ud, uds",
        "g": "g, gr, gram, grams, gramm, gramme, grammes, gramo, gramos, kg, kilo, kilogram, kilogramm, 克, 千克, 公斤",
        "ml": "ml, millilitre, milliliter, l, litre, liter, litro, litros, litres, 毫升, 升",
    }
)
ROLES = _spread(
    {
        "1": "1, viewer, 查看者, 查看, 只读, betrachter, lecteur, kijker, lector",
        "2": "2, associate, staff, 店员, 员工, mitarbeiter, verkäufer, vendeur, employé, medewerker, empleado",
        "3": "3, store manager, manager, 店长, filialleiter, marktleiter, responsable de magasin, "
        "filiaalmanager, encargado",
        "4": "4, area manager, regional manager, 区域经理, gebietsleiter, bezirksleiter, responsable régional, "
        "regiomanager, gerente de zona",
        "5": "5, administrator, admin, 管理员, administrateur, beheerder, administrador",
    }
)
LOCALES: dict[str, Literal["en", "zh"]] = _spread(
    {
        "en": "en, english, en-us, en-gb, en_us, en_gb, 英文, 英语, englisch, anglais, engels, inglés",
        "zh": "zh, chinese, zh-cn, zh_cn, zh-hans, cn, 中文, 汉语, 简体中文, chinesisch, chinois, chinees, chino",
    }
)
MOVEMENTS: dict[str, Movement] = _spread(
    {
        "sale": "sale, sales, sold, sell, 销售, 售出, 卖出, 出售, verkauf, verkäufe, vente, ventes, "
        "verkoop, venta, ventas",
        "return": "return, returns, returned, refund, 退货, 退回, 销售退货, retoure, rückgabe, retour, retours, "
        "devolución, devoluciones",
        "delivery": "delivery, deliveries, receipt, received, purchase, supply, 到货, 收货, 进货, 入库, 采购, "
        "lieferung, wareneingang, zugang, livraison, réception, achat, levering, ontvangst, inkoop, entrega, "
        "recepción, compra",
    }
)
