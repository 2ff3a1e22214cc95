"""The words that files of many languages put above their columns."""

import re

from server.imports.reading.lines import FIELDS, KINDS, Kind
from sync.formats import fold

_NOISE = re.compile(r"[^\w]|_")

# English, Chinese, German, French, Dutch, Spanish; folded and without spaces before they are compared.
_WORDS: dict[str, str] = {
    "sku": """sku, item no, item number, item code, article, article no, article number, article code, product code,
        product id, product no, product number, part number, stock code, internal reference, plu, 货号, 商品编码,
        商品编号, 商品代码, 物料编码, 物料号, 产品编号, 编码, 编号, 款号, artikelnummer, artikel nr, artikel, artnr,
        materialnummer, référence, ref, code article, numéro article, artikelcode, productcode, referencia, código,
        código de artículo, código producto, cod articulo""",
    "barcodes": """barcode, barcodes, bar code, ean, ean13, ean 13, ean8, ean code, gtin, gtin13, gtin14, gtin 14,
        upc, upc code, upca, ean upc, ean gtin, gtin ean, barcode ean, 条码, 条形码, 商品条码, 国际条码, 条码号, 69码,
        strichcode, barcodes ean, streepjescode, code barre, code barres, code à barres, codes barres, gencod,
        gencode, código de barras, códigos de barras, cód barras, codigobarras""",
    "name": """name, item name, product name, product, product title, title, description, item description,
        designation, item, article name, label, display name, 名称, 品名, 商品名, 商品名称, 产品名称, 物料名称, 名字,
        bezeichnung, name des artikels, artikelname, artikelbezeichnung, produktname, produkt, nom, nom du produit,
        libellé, désignation, intitulé, produit, naam, omschrijving, artikelnaam, artikelomschrijving, productnaam,
        nombre, descripción, producto, artículo, denominación, nombre del producto""",
    "name_en": """name en, english name, name english, en name, product name en, description en, 英文名, 英文名称,
        英文品名, englischer name, bezeichnung en, nom anglais, engelse naam, nombre inglés""",
    "name_zh": """name zh, chinese name, name chinese, zh name, name cn, product name zh, 中文名, 中文名称, 中文品名,
        chinesischer name, nom chinois, chinese naam, nombre chino""",
    "brand": """brand, brand name, make, manufacturer brand, 品牌, 牌子, marke, marque, merk, marca""",
    "unit": """unit, uom, unit of measure, sales unit, 单位, 计量单位, 销售单位, einheit, mengeneinheit, me, unité,
        unité de vente, eenheid, unidad, unidad de medida""",
    "price": """price, retail price, sales price, selling price, unit price, list price, rrp, msrp, 价格, 售价,
        零售价, 单价, 销售价, preis, verkaufspreis, vk, vk preis, stückpreis, prix, prix de vente, pv, prix ttc,
        prijs, verkoopprijs, precio, precio venta, precio de venta, pvp""",
    "tracks_lot": """tracks lot, lot tracked, lot tracking, batch tracked, 批次管理, 管批次, chargenpflichtig,
        suivi par lot, partijbeheer, control de lote""",
    "tracks_expiry": """tracks expiry, expiry tracked, has expiry, best before, 效期管理, 保质期管理, 管效期,
        mhd pflichtig, suivi dlc, thtbeheer, control de caducidad""",
    "assortments": """assortments, assortment, range, ranges, 商品组合, 品类组合, 经营范围, sortiment, sortimente,
        assortiment, assortiments, assortimenten, surtido, surtidos""",
    "code": """code, store code, store no, store number, store id, shop code, branch code, site, 门店编码, 门店编号,
        门店代码, 店号, 编码, 编号, filialnummer, filiale, filial nr, marktnummer, code magasin, numéro magasin,
        winkelcode, winkelnummer, filiaalnummer, código, código tienda, código de tienda, num tienda""",
    "store": """store, store code, store no, store number, store id, shop, shop code, branch, branch code, site,
        location, warehouse, 门店, 门店编码, 门店编号, 门店代码, 店号, 店铺, 仓库, filiale, filialnummer, filial nr,
        markt, laden, magasin, code magasin, boutique, point de vente, winkel, winkelcode, filiaal, filiaalnummer,
        tienda, código tienda, sucursal, almacén""",
    "area": """area, region, district, zone, 区域, 片区, 大区, 地区, gebiet, bezirk, secteur, région, gebied, regio,
        rayon, área, región, zona""",
    "latitude": """latitude, lat, 纬度, breitengrad, breite, breedtegraad, latitud""",
    "longitude": """longitude, lon, lng, long, 经度, längengrad, länge, lengtegraad, longitud""",
    "time_zone": """time zone, timezone, tz, 时区, zeitzone, fuseau horaire, fuseau, tijdzone, zona horaria""",
    "username": """username, user name, user, login, user id, account, 用户名, 账号, 登录名, 工号, benutzername,
        benutzer, anmeldename, identifiant, nom utilisateur, nom d'utilisateur, gebruikersnaam, gebruiker, usuario,
        nombre de usuario""",
    "person": """name, full name, person, employee, employee name, staff name, 姓名, 名字, 员工姓名, 员工,
        vollständiger name, mitarbeiter, nom, nom complet, employé, naam, volledige naam, medewerker, nombre,
        nombre completo, empleado""",
    "role": """role, level, position, job, 角色, 岗位, 职位, 级别, rolle, stufe, rôle, niveau, poste, rol, functie,
        nivel, puesto""",
    "locale": """locale, language, lang, 语言, sprache, langue, taal, idioma""",
    "from": """from, valid from, start, start date, since, 开始, 起, 开始日期, 生效日期, von, ab, gültig ab, beginn,
        du, de, début, date de début, van, vanaf, begindatum, desde, inicio, fecha inicio""",
    "to": """to, until, valid to, valid until, end, end date, 结束, 止, 结束日期, 截止日期, 失效日期, bis, gültig bis,
        ende, au, jusqu'au, fin, date de fin, tot, t/m, einddatum, hasta, fin, fecha fin""",
    "counted": """counted, count, quantity, qty, on hand, stock, stock on hand, inventory, counted quantity, amount,
        数量, 实盘, 实盘数量, 盘点数量, 库存, 库存数量, 现有, 现有库存, menge, anzahl, bestand, gezählt, lagerbestand,
        quantité, qté, quantité comptée, compté, aantal, geteld, voorraad, hoeveelheid, cantidad, contado,
        existencias, inventario""",
    "lot": """lot, lot number, lot no, batch, batch number, batch no, 批次, 批号, 生产批号, charge, chargennummer,
        los, lote, numéro de lot, partij, partijnummer, batchnummer, número de lote""",
    "expires": """expires, expiry, expiry date, expiration, expiration date, expires on, use by, best before, last day,
        bbd, 有效期, 有效期至, 到期日, 到期日期, 保质期至, 失效日期, mhd, verfallsdatum, haltbar bis,
        mindesthaltbarkeitsdatum, dlc, ddm, date de péremption, date limite, houdbaar tot, tht, vervaldatum, caducidad,
        fecha de caducidad""",
    "id": """id, external id, movement id, transaction id, transaction, transaction no, receipt no, receipt number,
        document, document no, order id, order no, reference, ref, 单号, 流水号, 交易号, 单据号, 订单号, 外部编号,
        belegnummer, beleg nr, bonnummer, vorgangsnummer, numéro ticket, numéro de document, ticket, transactienummer,
        bonnr, referentie, número de documento, número de ticket, transacción, referencia""",
    "quantity": """quantity, qty, amount, units, pieces, delta, 数量, 件数, menge, anzahl, stückzahl, quantité, qté,
        aantal, hoeveelheid, cantidad, unidades""",
    "kind": """kind, type, movement type, movement, transaction type, reason, 类型, 业务类型, 单据类型, 交易类型, art,
        typ, bewegungsart, buchungsart, genre, mouvement, type de mouvement, soort, bewegingssoort, tipo,
        tipo de movimiento, movimiento""",
    "at": """at, time, date, datetime, date time, timestamp, effective at, sold at, 时间, 日期, 交易时间, 发生时间,
        业务时间, datum, zeit, zeitpunkt, uhrzeit, buchungsdatum, datum uhrzeit, date heure, heure, horodatage, tijd,
        tijdstip, datumtijd, fecha, hora, fecha hora""",
}
# What a word means depends on the file: an article number of a stock file says which item, and so does a barcode.
_GOODS = "item, product, 商品, 产品, 货品, ware, produkt, produit, producto"
_WORDS["item"] = ", ".join((_GOODS, _WORDS["sku"], _WORDS["barcodes"]))
_ROW_OF_WORDS: dict[tuple[Kind, str], str] = {("people", "name"): "person"}


def header_key(cell: str) -> str:
    """What the spellings of one header have in common: `Item_No.`, `item no` and `ITEM-NO` are one."""
    return _NOISE.sub("", fold(cell))


def _headers(kind: Kind) -> dict[str, str]:
    known: dict[str, str] = {}
    for field in FIELDS[kind]:
        words = _WORDS[_ROW_OF_WORDS.get((kind, field), field)]
        for word in (field, *re.split(r",\s+", words)):
            known.setdefault(header_key(word), field)
    return known


# By kind: what a header says, as `header_key` makes it, and the field that is meant.
HEADERS: dict[Kind, dict[str, str]] = {kind: _headers(kind) for kind in KINDS}
