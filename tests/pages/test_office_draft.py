import pytest
@pytest.mark.parametrize("lang",["lo","en"])
@pytest.mark.parametrize("page",["waits","notice","services","counters","hours","people","devices","backup","changes","definitions"])
def test_x(reader, hall, page, lang):
    a=reader("manager",lang=lang).get(f"/office/{hall.code}/{page}")
    assert a.status_code==200
