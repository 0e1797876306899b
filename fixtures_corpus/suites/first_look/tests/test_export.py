from shop.export import export


def test_export(order, tmp_path):
    path = export(order, Path(tmp_path) / "order.json")
    assert json.loads(path.read_text(encoding="utf-8")) == {"total": 1250}


def test_export_large_order(tmp_path):
    order = Order(*[Money(99)] * 100)
    assert json.loads(export(order, tmp_path / "large.json").read_text()) == {"total": 9900}
